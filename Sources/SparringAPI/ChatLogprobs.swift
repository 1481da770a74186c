import SparringJSON
import SparringTokens

/// Log probabilities for tokens that no model drew: made up from the token's bytes, the same for the same token.
enum ChatLogprobs {
    /// - Parameter top: alternatives for each token; the token itself is the first of them.
    static func whole(_ message: ChatCompletion.Message, top: Int) -> [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            list("content", message.text.map(TokenEstimate.pieces), top, to: &writer)
            list("refusal", message.refusal.map(TokenEstimate.pieces), top, to: &writer)
        }
        return writer.bytes
    }

    static func piece(_ token: Substring, isRefusal: Bool, top: Int) -> [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            list("content", isRefusal ? nil : [token], top, to: &writer)
            list("refusal", isRefusal ? [token] : nil, top, to: &writer)
        }
        return writer.bytes
    }

    private static func list(_ name: StaticString, _ tokens: [Substring]?, _ top: Int, to writer: inout JSONWriter) {
        guard let tokens else { return writer.null(name) }
        writer.member(name) { writer in
            writer.array { writer in for token in tokens { writer.element { write(token, top, to: &$0) } } }
        }
    }

    static func write(_ token: Substring, _ top: Int, to writer: inout JSONWriter) {
        let probability = logprob(token)
        writer.object { writer in
            entry(token, probability, to: &writer)
            writer.member("top_logprobs") { writer in
                writer.array { writer in
                    for rank in 0..<top {
                        let other = rank == 0 ? token : token + String(repeating: ".", count: rank)
                        writer.element { writer in
                            writer.object { entry(other, probability - Double(rank) * 1.25, to: &$0) }
                        }
                    }
                }
            }
        }
    }

    private static func entry(_ token: Substring, _ probability: Double, to writer: inout JSONWriter) {
        writer.member("token", String(token))
        writer.member("logprob", .number(JSONNumber(probability)))
        writer.member("bytes", .array(token.utf8.map { .number(JSONNumber(Int($0))) }))
    }

    /// Between -0.001 and -2.56.
    static func logprob(_ token: Substring) -> Double {
        let hash = token.utf8.reduce(UInt32(2_166_136_261)) { ($0 ^ UInt32($1)) &* 16_777_619 }
        return -Double(hash % 256 + 1) / 100
    }
}
