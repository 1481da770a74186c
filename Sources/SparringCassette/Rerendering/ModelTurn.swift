import SparringJSON

/// A model's turn, independent of the API: the content that chat completions and responses share.
struct ModelTurn: Sendable, Hashable {
    /// A piece of text from a stream, or the whole text.
    struct Piece: Sendable, Hashable {
        var text: String
        /// The time from the start of the exchange, in nanoseconds.
        var at: Int64
    }

    struct Part: Sendable, Hashable {
        enum Kind: Sendable, Hashable {
            case text
            case refusal
            /// - Parameter id: the id that the result of the call refers to.
            case call(id: String, name: String)
        }

        var kind: Kind
        var pieces: [Piece] = []

        /// The text of the part; for a call, the call's arguments.
        var text: String { pieces.map(\.text).joined() }

        var isCall: Bool { if case .call = kind { true } else { false } }
    }

    enum Ending: Sendable, Hashable {
        case complete
        case length
        case contentFilter
    }

    /// Token counts. Other usage data is not converted.
    struct Usage: Sendable, Hashable {
        var input: Int
        var cached = 0
        var output: Int
        var reasoning = 0
    }

    /// The id of the recorded answer.
    var id: String
    var model: String
    /// The creation time in Unix seconds.
    var created: Int
    var tier: String?
    /// The parts of the turn: first the text, then the calls.
    var parts: [Part] = []
    var ending = Ending.complete
    /// The token counts; nil if the recording has no usage.
    var usage: Usage?
    /// The time from the start of the exchange to its last byte, in nanoseconds.
    var endAt: Int64 = 0
}

/// The error for an answer that cannot be converted to the other API.
struct ConversionError: Error, Sendable, Hashable, CustomStringConvertible {
    var place: String
    var reason: String

    init(_ place: String, _ reason: String) {
        self.place = place
        self.reason = reason
    }

    var description: String { "\(place): \(reason)" }
}

extension JSONValue {
    var unlessNull: JSONValue? { isNull ? Optional.none : .some(self) }
}
