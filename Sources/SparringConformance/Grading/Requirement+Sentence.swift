import SparringScenario

extension Requirement.Question {
    /// The requirement as a sentence.
    package var sentence: String {
        switch self {
        case .exit(.zero): "The program reports success"
        case .exit: "The program reports that it failed"
        case .text(let text):
            text.allowsFailure
                ? "The program shows the answer, or reports that it failed" : "The program shows the answer"
        case .atMostOnce: "The program shows the start of its answer at most once"
        case .notShown(let text):
            text == "{{key}}" ? "The program prints no secrets" : "The program does not print “\(text)”"
        case .calls: "The next request sends back the calls as the model made them"
        case .results: "The next request has one result for each call id"
        case .noCalls: "No request sends back a call that the model did not finish"
        case .usage(let tokens): "The client reports \(tokens.counted("token"))"
        case .runsOnce: "No call runs twice"
        case .attempts(let range): "The call takes \(range.inWords("request"))"
        case .gapMinimum(let from, let to, let bound):
            "Attempt \(to) comes no sooner than \(bound.inWords) after attempt \(from)"
        case .gapMaximum(let from, let to, let bound):
            "Attempt \(to) comes within \(bound.inWords) of attempt \(from)"
        case .identical(let part): "Every attempt has the same \(part.rawValue)"
        case .distinct(let part): "No two attempts have the same \(part.rawValue)"
        case .header(let header):
            "Attempt \(header.attempt) has \(header.isPresent ? "the" : "no") header \(header.name)"
        case .notInURL(let text): "No URL contains \(text == "{{key}}" ? "the API key" : "“\(text)”")"
        case .sameHostOnly(let name): "No request to another host has the header \(name)"
        case .disconnects(let disconnect):
            "The client disconnects from attempt \(disconnect.attempt) within \(disconnect.within.inWords) of "
                + (disconnect.event.map { "event \($0)" } ?? "its request")
        case .connections(let expected): expected.sentence
        case .hosts(let range): "The program sends requests to \(range.inWords("host"))"
        case .outcomeOK(true): "The client reports that its call succeeded"
        case .outcomeOK: "The client reports that its call failed"
        case .outcomeText: "The client reports the whole answer"
        case .errorKind: "The client reports the right kind of error"
        case .deadline: "The program ends before the case's deadline"
        case .scriptConsumed: "The script is played to its end"
        case .noExtraRequest: "The program sends no request beyond the script"
        case .noStray: "The program sends no request outside the case"
        case .harnessWireValid: "The server plays the script as it is written"
        }
    }
}

extension Expectation.Connections {
    fileprivate var sentence: String {
        switch count {
        case .opened: "The call takes \(range.inWords("connection"))"
        case .atOnce: "The client uses \(range.inWords("connection")) at a time"
        case .reused: "A used connection carries \(range.inWords("request"))"
        case .halfRead: "The client leaves \(range.inWords("answer")) half read"
        }
    }
}

extension ClosedRange<Int> {
    /// `exactly 2 requests`, `at most 3 requests`, `1 to 3 requests`.
    package func inWords(_ noun: String) -> String {
        if lowerBound == upperBound { return "exactly \(lowerBound.counted(noun))" }
        if upperBound == .max { return "at least \(lowerBound.counted(noun))" }
        let most = upperBound.counted(noun)
        return lowerBound == 0 ? "at most \(most)" : "\(lowerBound) to \(most)"
    }
}

extension Int {
    /// `1 attempt`, `2 attempts`.
    func counted(_ noun: String) -> String { "\(self) \(noun)\(self == 1 ? "" : "s")" }
}

extension Duration {
    /// The duration for display, in about three digits: `850 ms`, `1.5 s`.
    package var inWords: String {
        let milliseconds = Double(components.seconds) * 1e3 + Double(components.attoseconds) / 1e15
        if abs(milliseconds) < 1000 { return "\(Self.trimmed(milliseconds, digits: milliseconds < 10 ? 10 : 1)) ms" }
        return "\(Self.trimmed(milliseconds / 1000, digits: 100)) s"
    }

    private static func trimmed(_ value: Double, digits: Double) -> String {
        let rounded = (value * digits).rounded() / digits
        return rounded == rounded.rounded() ? "\(Int(rounded))" : "\(rounded)"
    }
}
