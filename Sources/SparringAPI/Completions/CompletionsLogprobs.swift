import SparringJSON
import SparringTokens

/// The log probabilities of legacy completions: four lists side by side. Made up, the same for the same token.
enum CompletionsLogprobs {
    /// - Parameters:
    ///   - offset: where the first token begins, in characters.
    ///   - isStart: nothing stands before the first token, and nobody can say how likely it was.
    ///   - top: alternatives for each token, which itself is one of them.
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

    /// A part of a character is shown by its bytes: `bytes:\xf0\x9f`.
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
