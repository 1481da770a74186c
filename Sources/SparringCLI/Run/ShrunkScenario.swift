import Sparring
import SparringJSON
import SparringScenario

/// What `sparring shrink` prints: the scenario as its author wrote it, with a schedule in place of its draws.
struct ShrunkScenario {
    /// The original file.
    let original: String
    let name: String
    let seed: UInt64
    let planned: [(met: ShrinkRuns.Met, planned: Chaos.Planned)]
    /// How many faults the program met at first.
    let before: Int

    /// A scenario; where the original is not written line by line, the schedule alone.
    var text: String {
        let whole = head + kept + schedule
        return (try? MockScenario(yaml: whole, file: name).resolved()) == nil
            ? "# Put this in the place of `chaos` in \(name).\n" + schedule : whole
    }

    private var head: String {
        let count = planned.count == 1 ? "1 fault is" : "\(planned.count) faults are"
        return "# Shrunk from \(name), seed \(seed): of \(before), \(count) enough.\n"
    }

    /// The original without the keys that are said anew, and without its summary.
    private var kept: String {
        var isLeftOut = false
        let lines = original.split(separator: "\n", omittingEmptySubsequences: false).filter { line in
            if line.first == "#" { return false }
            if let first = line.first, first != " " {
                isLeftOut = ["chaos:", "seed:"].contains { line.hasPrefix($0) }
            }
            return !isLeftOut
        }
        return lines.joined(separator: "\n").trimmedEnd + "\nseed: \(seed)\n"
    }

    private var schedule: String {
        guard !planned.isEmpty else { return "chaos: { schedule: [] }\n" }
        return "chaos:\n  schedule:\n"
            + planned.map { "    # \($0.met.request)\n    - \(line($0.planned))\n" }.joined()
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
