import SparringJSON

/// What a model has said, whatever API told of it: what chat completions and responses have in common.
struct Turn: Sendable, Hashable {
    /// A piece of text as a stream brought it, or all of it.
    struct Piece: Sendable, Hashable {
        var text: String
        /// Nanoseconds from the start of the exchange.
        var at: Int64
    }

    struct Part: Sendable, Hashable {
        enum Kind: Sendable, Hashable {
            case text
            case refusal
            /// - Parameter id: what the result of the call names.
            case call(id: String, name: String)
        }

        var kind: Kind
        var pieces: [Piece] = []

        /// Of a call, its arguments.
        var text: String { pieces.map(\.text).joined() }

        var isCall: Bool { if case .call = kind { true } else { false } }
    }

    enum Ending: Sendable, Hashable {
        case complete
        case length
        case contentFilter
    }

    /// Tokens; the rest of what APIs count is not carried over.
    struct Usage: Sendable, Hashable {
        var input: Int
        var cached = 0
        var output: Int
        var reasoning = 0
    }

    /// Of the answer, as its API named it.
    var id: String
    var model: String
    /// Unix seconds.
    var created: Int
    var tier: String?
    /// Words before calls.
    var parts: [Part] = []
    var ending = Ending.complete
    /// Nil where the recording does not say.
    var usage: Usage?
    /// Nanoseconds from the start of the exchange to its last byte.
    var endAt: Int64 = 0
}

/// What an answer holds that the other API has no place for.
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
