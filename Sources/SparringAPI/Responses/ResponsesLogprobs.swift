import SparringJSON
import SparringTokens

/// Log probabilities of a message's tokens, if requested. They are invented like those of chat completions.
enum ResponsesLogprobs {
    static func of(_ pieces: some Sequence<TokenPiece>, top: Int) -> [JSONValue] {
        pieces.flatMap { $0.parts }.map { token in
            var writer = JSONWriter()
            ChatLogprobs.write(token, top, to: &writer)
            return (try? JSONValue.parse(writer.bytes)) ?? [:]
        }
    }
}
