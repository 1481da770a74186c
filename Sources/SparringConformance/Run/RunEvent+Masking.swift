import SparringExchange

/// Masks secrets in program output and in reports on requests before an event is logged, because logs are attached to
/// bug reports and uploaded by CI.
extension RunEvent {
    package var masked: RunEvent {
        switch self {
        case .runStart(var start):
            start.command = Self.masked(command: start.command)
            start.flags = Self.masked(command: start.flags)
            return .runStart(start)
        case .check(let caseID, var check):
            check.expected = Redaction.text(check.expected)
            check.actual = Redaction.output(check.actual)
            return .check(caseID: caseID, check)
        case .caseEnd(var end):
            end.ending = Redaction.output(end.ending)
            end.standardOutput = Redaction.output(end.standardOutput)
            end.standardError = Redaction.output(end.standardError)
            end.returned = end.returned.map(Redaction.output)
            return .caseEnd(end)
        case .runEnd(var end):
            end.reason = end.reason.map(Redaction.output)
            return .runEnd(end)
        // Exchanges are masked when they become JSON. The other events contain only text of the kit.
        case .wire, .claims, .caseStart, .known: return self
        }
    }

    /// `--api-key VALUE` is a secret that consists of two words.
    package static func masked(command: [String]) -> [String] {
        var isValue = false
        return command.map { word in
            defer { isValue = word.hasPrefix("-") && SecretName.matches(word.drop { $0 == "-" }.utf8) }
            return isValue ? Redaction.credential(word) : Redaction.output(word)
        }
    }
}
