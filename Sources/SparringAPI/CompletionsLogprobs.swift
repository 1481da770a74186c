import SparringJSON

/// The log probabilities of legacy completions: four lists side by side. Made up, the same for the same token.
enum CompletionsLogprobs {
    /// - Parameters:
    ///   - offset: where the first token begins, in characters.
    ///   - isStart: nothing stands before the first token, and nobody can say how likely it was.
    ///   - top: alternatives for each token, which itself is one of them.
    static func write(_ tokens: [Substring], from offset: Int, isStart: Bool, top: Int, to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("tokens") { writer in
                writer.array { writer in for token in tokens { writer.element { $0.string(String(token)) } } }
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
                    for token in tokens {
                        writer.element { $0.value(.number(JSONNumber(offset))) }
                        offset += token.unicodeScalars.count
                    }
                }
            }
        }
    }

    private static func write(_ token: Substring, _ top: Int, to writer: inout JSONWriter) {
        let probability = ChatLogprobs.logprob(token)
        writer.object { writer in
            for rank in 0..<max(1, top) {
                let other = rank == 0 ? String(token) : token + String(repeating: ".", count: rank)
                writer.member(named: other, .number(JSONNumber(probability - Double(rank) * 1.25)))
            }
        }
    }
}
