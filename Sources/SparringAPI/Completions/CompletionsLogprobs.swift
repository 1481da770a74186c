import SparringJSON
import SparringTokens

/// The log probabilities of legacy completions: four parallel lists. The values are invented; the same token always gets the same values.
enum CompletionsLogprobs {
    /// - Parameters:
    ///   - offset: the offset of the first token, in characters.
    ///   - isStart: true if no text precedes the first token, which then has no probability.
    ///   - top: number of alternatives for each token, including the token itself.
    static func write(_ pieces: [TokenPiece], from offset: Int, isStart: Bool, top: Int, to writer: inout JSONWriter) {
        let tokens = pieces.flatMap(\.parts)
        writer.object { writer in
            writer.member("tokens") { writer in
                writer.array { writer in for token in tokens { writer.element { $0.string(text(token)) } } }
            }
            writer.member("token_logprobs") { writer in
                writer.array { writer in
                    for (index, token) in tokens.enumerated() {
                        writer.element { writer in
                            let isFirst = isStart && index == 0
                            writer.value(isFirst ? .null : .number(JSONNumber(ChatLogprobs.logprob(token))))
                        }
                    }
                }
            }
            writer.member("top_logprobs") { writer in
                writer.array { writer in
                    for (index, token) in tokens.enumerated() {
                        writer.element { writer in
                            if isStart, index == 0 { writer.raw("null") } else { write(token, top, to: &writer) }
                        }
                    }
                }
            }
            writer.member("text_offset") { writer in
                writer.array { writer in
                    var offset = offset
                    for piece in pieces {
                        for _ in 0..<piece.tokens { writer.element { $0.value(.number(JSONNumber(offset))) } }
                        offset += piece.text.unicodeScalars.count
                    }
                }
            }
        }
    }

    /// A partial character is written as bytes: `bytes:\xf0\x9f`.
    private static func text(_ token: ChatLogprobs.Token) -> String {
        String(validating: token, as: UTF8.self) ?? "bytes:" + ChatLogprobs.text(token)
    }

    private static func write(_ token: ChatLogprobs.Token, _ top: Int, to writer: inout JSONWriter) {
        let probability = ChatLogprobs.logprob(token)
        writer.object { writer in
            for rank in 0..<max(1, top) {
                let other = text(token) + String(repeating: ".", count: rank)
                writer.member(named: other, .number(JSONNumber(probability - Double(rank) * 1.25)))
            }
        }
    }
}
