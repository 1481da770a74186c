import Sparring
import SparringJSON
import SparringScenario

/// The output of `sparring shrink`: the original scenario, with a schedule in place of its random faults.
struct ShrunkScenario {
    /// The text of the original file.
    let original: String
    let name: String
    let seed: UInt64
    let planned: [(met: ShrinkRuns.Met, planned: Chaos.Planned)]
    /// The number of faults before shrinking.
    let before: Int

    /// The whole scenario. If the original is not in block style, the output is only the schedule.
    var text: String {
        let whole = head + kept + schedule
        return (try? MockScenario(yaml: whole, file: name).resolved()) == nil
            ? "# Replace `chaos` in \(name) with this schedule.\n" + schedule : whole
    }

    private var head: String {
        let count = planned.count == 1 ? "1 is" : "\(planned.count) are"
        return "# Shrunk from \(name), seed \(seed): of \(before) faults, \(count) enough.\n"
    }

    /// The scenario gets a new name, so that a report does not confuse it with the original: `flaky-seed-7-shrunk`.
    private var ownName: String {
        let own = "\(name)-seed-\(seed)-shrunk"
        let isPlain = own.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_./".contains($0)) }
        return isPlain ? own : JSONValue.string(own).text()
    }

    /// The original without `chaos`, `seed` and comments, with another name.
    private var kept: String {
        var isLeftOut = false
        let lines = original.split(separator: "\n", omittingEmptySubsequences: false).filter { line in
            if line.first == "#" { return false }
            if let first = line.first, first != " " {
                isLeftOut = ["chaos:", "seed:", "scenario:"].contains { line.hasPrefix($0) }
            }
            return !isLeftOut
        }
        return lines.joined(separator: "\n").trimmedEnd + "\nscenario: \(ownName)\nseed: \(seed)\n"
    }

    private var schedule: String {
        guard !planned.isEmpty else { return "chaos: { schedule: [] }\n" }
        return "chaos:\n  schedule:\n"
            + planned.map {
                "    # call \($0.met.call), attempt \($0.met.attempt): \($0.met.request)\n    - \(line($0.planned))\n"
            }.joined()
    }

    private func line(_ planned: Chaos.Planned) -> String {
        var object = JSONObject()
        if planned.session != "default" { object["session"] = .string(planned.session) }
        switch planned.call {
        case .request(let digest, let attempt):
            let digits = String(digest, radix: 16)
            object["request"] = .string(String(repeating: "0", count: 16 - digits.count) + digits)
            object["attempt"] = .number(JSONNumber(attempt))
        case .number(let number): object["call"] = .number(JSONNumber(number))
        }
        for name in planned.strike.source.names { object[name] = planned.strike.source[name] }
        return JSONValue.object(object).text()
    }
}

extension String {
    fileprivate var trimmedEnd: String { String(reversed().drop { $0.isWhitespace }.reversed()) }
}
