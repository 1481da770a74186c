import SparringJSON
import SparringScenario

/// Grades whether a client has read the answers, by the content that it sends back.
extension Grading {
    static func calls(_ calls: [Expectation.ToolCall], _ level: Level, _ seen: Observation) -> CheckFinding {
        let expected = calls.map { "\($0.name)(\($0.arguments.text()))" }.joined(separator: "; ")
        guard let echo = seen.echoes.last else {
            return CheckFinding(.unobserved, expected: expected, actual: "no request sends calls or results back")
        }
        if echo.calls.isEmpty, echo.isContinuation {
            return CheckFinding(.unobserved, expected: expected, actual: "the server has the calls: \(storedCalls)")
        }
        // The order does not matter, because results belong to calls by their ids.
        var left = echo.calls
        let holds =
            echo.calls.count == calls.count
            && calls.allSatisfy { call in
                guard let index = left.firstIndex(where: { $0.name == call.name && $0.has(call.arguments) }) else {
                    return false
                }
                left.remove(at: index)
                return true
            }
        let actual = echo.calls.map { "\($0.name)(\($0.arguments))" }.joined(separator: "; ")
        return CheckFinding(holds, level, expected: expected, actual: actual.isEmpty ? "none" : actual)
    }

    private static let storedCalls = "the request continues a stored response"

    static func results(_ level: Level, _ seen: Observation) -> CheckFinding {
        let expected = "one result for each call id"
        guard let echo = seen.echoes.last else {
            return CheckFinding(.unobserved, expected: expected, actual: "no request sends calls or results back")
        }
        if echo.calls.isEmpty, echo.isContinuation {
            // The server refuses a result without a call, and a call without a result.
            let isOnce = Set(echo.results).count == echo.results.count && !echo.results.contains("")
            return CheckFinding(
                isOnce, level, expected: expected,
                actual: "results for \(echo.results.joined(separator: ", ")): \(storedCalls)")
        }
        let ids = echo.calls.map(\.id)
        let holds = Set(ids).count == ids.count && ids.sorted() == echo.results.sorted() && !ids.contains("")
        return CheckFinding(
            holds, level, expected: expected,
            actual: "calls \(ids.joined(separator: ", ")), results for \(echo.results.joined(separator: ", "))")
    }

    /// An unfinished call must not be executed. A client that sends an unfinished call back, or sends a result for it, has executed the
    /// call.
    static func noCalls(_ level: Level, _ seen: Observation) -> CheckFinding {
        let expected = "no call and no result in any request"
        guard !seen.attempts.isEmpty else { return CheckFinding(.unobserved, expected: expected, actual: "no request") }
        let calls = seen.echoes.flatMap(\.calls).map { "\($0.name)(\($0.arguments))" }
        let results = seen.echoes.flatMap(\.results).map { "a result for \($0)" }
        return list(calls + results, level, expected: expected)
    }
}

extension CarriedContent.Call {
    fileprivate func has(_ arguments: JSONValue) -> Bool {
        if let text = arguments.string, text == self.arguments { return true }
        // A call of a tool without parameters may have no arguments.
        if self.arguments.isEmpty { return arguments.object?.isEmpty == true }
        return (try? JSONValue.parse(self.arguments))?.isEquivalent(to: arguments) ?? false
    }
}
