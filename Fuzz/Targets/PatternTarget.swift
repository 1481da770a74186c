import SparringJSON
import SparringScenario

extension FuzzTarget {
    /// The input is a pattern and, after the first line feed, the text that the pattern is matched against.
    static let pattern = FuzzTarget("pattern") { bytes in
        let parts = bytes.split(separator: 0x0A, maxSplits: 1, omittingEmptySubsequences: false)
        let text = parts.count > 1 ? parts[1].prefix(200) : []
        guard let pattern = try? Pattern(String(decoding: parts[0], as: UTF8.self)) else { return nil }
        let ranges = pattern.ranges(inUTF8: text)
        let isOrdered = zip(ranges, ranges.dropFirst()).allSatisfy { $0.upperBound <= $1.lowerBound }
        guard isOrdered, ranges.allSatisfy({ $0.lowerBound >= text.startIndex && $0.upperBound <= text.endIndex })
        else {
            return "matches at \(ranges)"
        }
        let match = pattern.firstMatch(in: String(decoding: text, as: UTF8.self))
        return match == nil && !ranges.isEmpty && String(validating: text, as: UTF8.self) != nil
            ? "a match only by ranges" : nil
    }

    static let template = FuzzTarget("template") { bytes in
        let values = TemplateValues(
            captures: ["a": "b"], request: ["model": "m", "n": [1, 2]], lastUser: "hello", session: "s", attempt: 1)
        _ = Template(String(decoding: bytes, as: UTF8.self)).render(values)
        return nil
    }
}
