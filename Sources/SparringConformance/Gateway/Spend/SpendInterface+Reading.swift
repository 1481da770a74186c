import SparringJSON

/// Why the booked amounts of a key are unknown, and what to change.
package struct SpendProblem: Error, Sendable, Hashable, CustomStringConvertible {
    package var description: String

    package init(_ description: String) { self.description = description }

    /// The gateway was not asked.
    static let missing = SpendProblem("the gateway was not asked for this key")

    /// The amounts did not stop changing.
    package static func restless(_ interface: SpendInterface, after time: Duration) -> SpendProblem {
        SpendProblem(
            "the amounts of \(interface.shown) still changed \(time.inWords) after the last call: end other calls with this key, "
                + "or make spend.within longer than \(interface.within.inWords)")
    }
}

extension SpendInterface {
    /// The largest amount that can be a sum of dollars, requests or tokens.
    private static let largest = 1e15

    /// The request in messages: with the placeholder in place of the client's key, and without the query, which may have another key.
    fileprivate var shown: String { "GET \(path.prefix { $0 != "?" })" }

    /// The amounts in an answer of the interface.
    ///
    /// - Throws: `SpendProblem` that says what to change. It has no part of the answer's body, which may contain secrets.
    package func amounts(in answer: GatewayAnswer) throws(SpendProblem) -> [SpendFigure: Double] {
        let request = shown
        guard let status = answer.status, answer.ending == .complete else {
            let words = answer.ending == .expired ? "it did not end in time" : answer.ending.words
            throw SpendProblem("\(request) gets no answer (\(words)): correct spend.path in the adapter file")
        }
        switch status {
        case 200: break
        case 401, 403:
            throw SpendProblem(
                "\(request) is refused with \(status): give spend.key in the adapter file a key that may ask for amounts"
            )
        case 404:
            throw SpendProblem("\(request) answers 404: correct spend.path in the adapter file, or the client's key")
        default:
            throw SpendProblem(
                "\(request) answers \(status), not 200: see the gateway's log, or correct spend.path in the adapter file"
            )
        }
        let text = String(decoding: answer.bytes, as: UTF8.self)
        guard text.contains(where: { !$0.isWhitespace }) else {
            throw SpendProblem("\(request) has an empty answer: correct spend.path in the adapter file")
        }
        guard let json = try? JSONValue.parse(text) else {
            throw SpendProblem("the answer of \(request) is not JSON: correct spend.path in the adapter file")
        }
        var amounts: [SpendFigure: Double] = [:]
        for figure in SpendFigure.allCases {
            if let place = places[figure] { amounts[figure] = try amount(figure, at: place, in: json) }
        }
        return amounts
    }

    private func amount(_ figure: SpendFigure, at place: JSONPath, in json: JSONValue) throws(SpendProblem) -> Double {
        let advice = "correct spend.\(figure.rawValue) in the adapter file"
        guard let value = place.value(in: json) else {
            throw SpendProblem("the answer of \(shown) has nothing at \(place): \(advice)")
        }
        guard let number = value.double else {
            let kind =
                switch value {
                case .null: "null"
                case .bool: "true or false"
                case .string: "text"
                case .array: "a list"
                case .object: "an object"
                case .number: "a number"
                }
            throw SpendProblem("the answer of \(shown) has \(kind) at \(place), not a number: \(advice)")
        }
        guard abs(number) <= Self.largest else {
            throw SpendProblem(
                "the number at \(place) in the answer of \(shown) is too large for an amount: \(advice)")
        }
        return number
    }
}
