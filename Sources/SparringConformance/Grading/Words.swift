extension Requirement.Question {
    /// The requirement as a sentence about the client.
    package var sentence: String {
        switch self {
        case .exit(.zero): "The program ends well"
        case .exit: "The program says by its exit code that it failed"
        case .text(let text):
            text.allowsFailure
                ? "The program shows the answer, or says that it failed" : "The program shows the answer"
        case .atMostOnce: "The program shows the beginning of its answer at most once"
        case .notShown(let text):
            text == "{{key}}" ? "The program prints no secrets" : "The program does not print “\(text)”"
        case .calls: "The next request carries the calls as the model made them"
        case .results: "The next request has one result for each call, by its id"
        case .noCalls: "No request carries a call that the model never finished"
        case .attempts(let range): "The call takes \(range.inWords("request"))"
        case .gapMinimum(let from, let to, let bound):
            "Attempt \(to) comes no sooner than \(bound.inWords) after attempt \(from)"
        case .gapMaximum(let from, let to, let bound):
            "Attempt \(to) comes within \(bound.inWords) of attempt \(from)"
        case .identical(let part): "Every attempt has the same \(part.rawValue)"
        case .distinct(let part): "No two attempts have the same \(part.rawValue)"
        case .header(let header):
            "Attempt \(header.attempt) carries \(header.isPresent ? "" : "no ")\(header.name)"
        case .notInURL: "No URL holds what belongs in a header"
        case .sameHostOnly(let name): "No request to another host carries \(name)"
        case .disconnects(let disconnect):
            "The client leaves attempt \(disconnect.attempt) within \(disconnect.within.inWords)"
                + (disconnect.event.map { " of event \($0)" } ?? "")
        case .outcomeOK(true): "The client reports that its call succeeded"
        case .outcomeOK: "The client reports that its call failed"
        case .outcomeText: "The client reports the whole answer"
        case .errorKind: "The client tells what went wrong by its kind"
        case .deadline: "The program ends before the case's deadline"
        case .scriptConsumed: "The script is played to its end"
        case .noExtraRequest: "Nothing is asked beyond the script"
        case .noStray: "Nothing is sent outside the case"
        case .harnessWireValid: "The server did what it was told"
        }
    }
}

extension ClosedRange<Int> {
    /// `exactly 2 requests`, `at most 3 requests`, `1 to 3 requests`.
    package func inWords(_ noun: String) -> String {
        func counted(_ number: Int) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }
        if lowerBound == upperBound { return "exactly \(counted(lowerBound))" }
        if upperBound == .max { return "at least \(counted(lowerBound))" }
        return lowerBound == 0 ? "at most \(counted(upperBound))" : "\(lowerBound) to \(counted(upperBound))"
    }
}

extension Duration {
    /// `850 ms`, `1.5 s`: three digits are enough for people.
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
