package import SparringJSON
package import SparringScenario

/// The outcome of one call as the client reports it: the answer that it read, or its error.
///
/// The observation of the wire takes precedence over an outcome. An outcome only adds facts that the wire does not show.
package struct Outcome: Sendable, Hashable {
    package var isOK: Bool
    /// The text of the answer; nil if the call failed.
    package var text: String?
    /// The text that the program displayed before the call failed.
    package var partialText: String?
    package var error: Failure?
    /// The whole report, for display.
    package var json: JSONValue

    package struct Failure: Sendable, Hashable {
        package var kind: ErrorKind
        package var message: String?
    }

    /// - Parameter json: an object that passed `MessageShape.outcome.check`.
    init(json: JSONValue) {
        self.json = json
        isOK = json["ok"]?.bool ?? false
        text = json["text"]?.string
        partialText = json["partial"]?["text"]?.string
        error = json["error"]?["kind"]?.string.flatMap(ErrorKind.init).map {
            Failure(kind: $0, message: json["error"]?["message"]?.string)
        }
    }
}

extension Outcome {
    /// The outcome that a program prints as its last line: an object with `"sparring": 1`. Nil for other output, so
    /// that a program's own JSON is not read as an outcome. The line may be coloured.
    /// - Throws: `ProtocolProblem` if the line has `"sparring": 1` but is not a valid outcome.
    package static func printed(in output: String) throws(ProtocolProblem) -> Outcome? {
        guard
            let line = PlainOutput(output).text.split(whereSeparator: \.isNewline).last(where: {
                $0.contains { $0 != " " }
            }),
            line.contains("\"sparring\""), let json = try? JSONValue.parse(String(line)), json["sparring"] == 1
        else { return nil }
        try MessageShape.outcome.check(json)
        return Outcome(json: json)
    }
}
