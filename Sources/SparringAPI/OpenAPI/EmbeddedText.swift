import SparringJSON
import Synchronization

/// The document that the program carries: JSON with one line for each path and each schema (`scripts/openapi.py`). A line is parsed when it
/// is needed, and a few parsed lines are kept in memory; the whole text stays in the program's file.
struct EmbeddedText: OperationSource {
    let head: JSONValue
    private let text: StaticString
    private let paths: [Line]
    private let schemas: [String: Line]
    private let parsed = ParsedLines()

    /// The places of a name and its value in the text.
    private struct Line: Sendable {
        var name: Range<Int>
        var value: Range<Int>
    }

    init(_ text: StaticString) {
        self.text = text
        (head, paths, schemas) = text.withUTF8Buffer { bytes in
            var (head, paths, schemas): (JSONValue, [Line], [String: Line]) = (.null, [], [:])
            schemas.reserveCapacity(2048)
            var (start, isInSchemas) = (0, false)
            while start < bytes.count {
                var end = start
                while end < bytes.count, bytes[end] != UInt8(ascii: "\n") { end += 1 }
                defer { start = end + 1 }
                if start == 0 {
                    // The first line is the head of the document and opens `paths`.
                    head = Self.parsed(bytes[..<end], closing: "}}")
                } else if bytes[start] == UInt8(ascii: "}") {
                    isInSchemas = true
                } else if let line = Self.line(bytes, start..<end) {
                    if isInSchemas {
                        schemas[String(decoding: bytes[line.name], as: UTF8.self)] = line
                    } else {
                        paths.append(line)
                    }
                }
            }
            return (head, paths, schemas)
        }
    }

    /// Splits `"name":value,`. The names need no unescaping.
    private static func line(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> Line? {
        let name = (range.lowerBound + 1)..<range.upperBound
        guard let quote = bytes[name].firstIndex(of: UInt8(ascii: "\"")), quote + 2 < range.upperBound else {
            return nil
        }
        let hasComma = bytes[range.upperBound - 1] == UInt8(ascii: ",")
        return Line(
            name: name.lowerBound..<quote, value: (quote + 2)..<(hasComma ? range.upperBound - 1 : range.upperBound))
    }

    private static func parsed(_ bytes: Slice<UnsafeBufferPointer<UInt8>>, closing: StaticString = "") -> JSONValue {
        (try? JSONValue.parse(Array(bytes) + closing.withUTF8Buffer(Array.init))) ?? .null
    }

    private func value(_ line: Line) -> JSONValue { text.withUTF8Buffer { Self.parsed($0[line.value]) } }

    private func kept(_ line: Line) -> JSONValue { parsed.value(at: line.value) { value(line) } }

    func forEachPath(_ visit: (Int, String, JSONValue) -> Void) {
        for (place, line) in paths.enumerated() {
            visit(place, text.withUTF8Buffer { String(decoding: $0[line.name], as: UTF8.self) }, value(line))
        }
    }

    func item(at place: Int) -> JSONValue { paths.indices.contains(place) ? kept(paths[place]) : .null }

    func resolve(_ reference: String) -> JSONValue? {
        let prefix = "#/components/schemas/"
        guard reference.hasPrefix(prefix) else { return nil }
        return schemas[String(reference.dropFirst(prefix.utf8.count))].map(kept)
    }
}

/// The lines that were parsed; they are kept because a list completes each of its objects by the same schemas. When the parsed lines exceed
/// the limit, all of them are dropped.
private final class ParsedLines: Sendable {
    private struct Lines {
        var values: [Int: JSONValue] = [:]
        var bytes = 0
    }

    private let lines = Mutex(Lines())
    /// The limit, in bytes of text. Parsed lines take ten times as much memory.
    private static let limit = 128 << 10

    /// - Parameter parse: parses the line; called if the line is not kept.
    func value(at line: Range<Int>, _ parse: () -> JSONValue) -> JSONValue {
        if let value = lines.withLock({ $0.values[line.lowerBound] }) { return value }
        let value = parse()
        lines.withLock { lines in
            if lines.bytes + line.count > Self.limit { lines = Lines() }
            lines.values[line.lowerBound] = value
            lines.bytes += line.count
        }
        return value
    }
}
