import SparringAPI
import SparringScenario

extension MockScenario {
    /// An operation of the API, for use in a condition. Operations that a model answers have constants. The other operations are strings,
    /// such as `"files.create"` (listed in docs/reference/api/coverage.md of the repository).
    public struct Endpoint: Sendable, Hashable, ExpressibleByStringLiteral {
        /// The name, such as `chat.completions`.
        public let rawValue: String

        public init(stringLiteral name: String) { rawValue = name }

        /// `POST /v1/chat/completions`
        public static let chatCompletions: Endpoint = "chat.completions"
        /// `POST /v1/responses`
        public static let responses: Endpoint = "responses"
        /// `POST /v1/completions`
        public static let completions: Endpoint = "completions"
        /// `POST /v1/embeddings`
        public static let embeddings: Endpoint = "embeddings"
        /// `POST /v1/moderations`
        public static let moderations: Endpoint = "moderations"
        /// `POST /v1/audio/speech`
        public static let speech: Endpoint = "audio.speech"
        /// `POST /v1/audio/transcriptions`
        public static let transcriptions: Endpoint = "audio.transcriptions"
        /// `POST /v1/audio/translations`
        public static let translations: Endpoint = "audio.translations"
        /// `POST /v1/images/generations`
        public static let imageGenerations: Endpoint = "images.generate"
        /// `POST /v1/images/edits`
        public static let imageEdits: Endpoint = "images.edit"
        /// `POST /v1/images/variations`
        public static let imageVariations: Endpoint = "images.create_variation"

        /// The operation's name in rules: `chat.completions` for `chat.completions.create`.
        var canonical: String { OperationNames.canonical(rawValue) ?? rawValue }

        var mistakes: [String] {
            guard OperationNames.canonical(rawValue) == nil else { return [] }
            return ["there is no endpoint '\(rawValue)'; \(OperationNames.question(about: rawValue))"]
        }
    }
}
