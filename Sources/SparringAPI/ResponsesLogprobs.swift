import SparringJSON
import SparringTokens

/// Log probabilities of a message's tokens, for callers that have asked to see them. Made up like those of chat completions.
enum ResponsesLogprobs {
    static func of(_ text: String, top: Int) -> JSONValue {
        .array(text.isEmpty ? [] : TokenEstimate.pieces(text).map { of($0, top: top) })
    }

    static func of(_ token: Substring, top: Int) -> JSONValue {
        var writer = JSONWriter()
        ChatLogprobs.write(token, top, to: &writer)
        return (try? JSONValue.parse(writer.bytes)) ?? [:]
    }
}
