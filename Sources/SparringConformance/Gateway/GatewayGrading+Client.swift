import SparringScenario

/// Grades calls of a client under test by what the client reports and by what reached the upstreams.
extension GatewayGrading {
    /// Nil if the requirement is about the upstreams only.
    static func reported(
        _ question: GatewayRequirement.Question, _ level: Level, _ seen: GatewayObservation
    ) -> CheckFinding? {
        if let reason = question.unreported {
            return CheckFinding(.unobserved, expected: question.sentence, actual: reason)
        }
        switch question {
        case .status(let wanted):
            return each(level, seen, expected: expectation(of: wanted)) { call in
                call.report.flatMap { status($0, wanted) }
            }
        case .text, .wholeStream:
            return each(level, seen, expected: "the prompt of the call, which the upstream repeats") { call in
                guard let report = call.report, report.isOK else { return call.report?.words ?? "no report" }
                return report.text == call.wholeText ? nil : "the text is “\((report.text ?? "").suffix(60))”"
            }
        case .brokenStream:
            return each(level, seen, expected: "a failed call, or the whole text") { call in
                guard let report = call.report, report.isOK, report.text != call.wholeText else { return nil }
                return
                    "the client reports an answer with \((report.text ?? "").utf8.count) bytes of the text, the rest of which is lost"
            }
        case .distinct:
            var places: [String: Int] = [:]
            return each(level, seen, expected: "a different text for each call") { call in
                guard let text = call.report?.text, !text.isEmpty else { return call.report?.words ?? "no report" }
                let earlier = places[text]
                places[text] = places[text] ?? places.count + 1
                return earlier.map { "it got the text of call \($0)" }
            }
        default: return nil
        }
    }

    private static func expectation(of wanted: [Int]) -> String {
        "status \(wanted.map(String.init).joined(separator: " or "))"
            + (wanted.contains(200) ? "" : ", which the client reports as a failure")
    }

    /// A client may report no status. Then it must report an answer if, and only if, 200 is expected.
    private static func status(_ report: ClientReport, _ wanted: [Int]) -> String? {
        if report.isOK { return wanted.contains(200) ? nil : "the client reports an answer" }
        if let status = report.status { return wanted.contains(status) ? nil : "\(report.words), status \(status)" }
        return wanted == [200] ? report.words : nil
    }
}

extension GatewayObservation.Call {
    /// The prompt as the upstream repeats it.
    fileprivate var wholeText: String { ClientReport.trimmed(call.text(token: token)) }
}
