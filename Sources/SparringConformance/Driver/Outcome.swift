package import SparringJSON

/// What a client says of one call: the answer as it understood it, or its error.
///
/// The wire goes before it: an outcome adds what no wire can show.
package struct Outcome: Sendable, Hashable {
    package var isOK: Bool
    /// The answer's text; of a call that failed, nil.
    package var text: String?
    /// What had been shown before the call failed.
    package var partialText: String?
    package var error: Failure?
    /// All that was said, for people.
    package var json: JSONValue

    package struct Failure: Sendable, Hashable {
        package var kind: ErrorKind
        package var message: String?
    }

    /// - Parameter json: an object that `MessageShape.outcome` found nothing wrong with.
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
    /// The outcome that a program prints as its last line: an object with `"sparring": 1`. Nil where it prints none, so that a
    /// program's own JSON is never taken for one.
    /// - Throws: where the line is meant for us and is no outcome.
    package static func printed(in output: String) throws(ProtocolProblem) -> Outcome? {
        guard let line = output.split(whereSeparator: \.isNewline).last(where: { $0.contains { $0 != " " } }),
            line.contains("\"sparring\""), let json = try? JSONValue.parse(String(line)), json["sparring"] == 1
        else { return nil }
        try MessageShape.outcome.check(json)
        return Outcome(json: json)
    }
}
