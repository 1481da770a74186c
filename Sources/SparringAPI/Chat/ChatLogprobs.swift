import SparringJSON
import SparringTokens

/// Invented log probabilities, made from the token's bytes: the same token gets the same values.
enum ChatLogprobs {
    typealias Token = ArraySlice<UInt8>

    /// - Parameter top: number of alternatives for each token, including the token itself.
    static func whole(_ message: ChatCompletion.Message, _ counter: TokenCounter, top: Int) -> [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            list("content", message.text.map(counter.pieces), top, to: &writer)
            list("refusal", message.refusal.map(counter.pieces), top, to: &writer)
        }
        return writer.bytes
    }

    static func piece(_ piece: TokenPiece, isRefusal: Bool, top: Int) -> [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            list("content", isRefusal ? nil : [piece], top, to: &writer)
            list("refusal", isRefusal ? [piece] : nil, top, to: &writer)
        }
        return writer.bytes
    }

    private static func list(_ name: StaticString, _ pieces: [TokenPiece]?, _ top: Int, to writer: inout JSONWriter) {
        guard let pieces else { return writer.null(name) }
        writer.member(name) { writer in
            writer.array { writer in
                for token in pieces.lazy.flatMap(\.parts) { writer.element { write(token, top, to: &$0) } }
            }
        }
    }

    static func write(_ token: Token, _ top: Int, to writer: inout JSONWriter) {
        let probability = logprob(token)
        writer.object { writer in
            entry(token, probability, to: &writer)
            writer.member("top_logprobs") { writer in
                writer.array { writer in
                    for rank in 0..<top {
                        let other = token + repeatElement(UInt8(ascii: "."), count: rank)
                        writer.element { writer in
                            writer.object { entry(other, probability - Double(rank) * 1.25, to: &$0) }
                        }
                    }
                }
            }
        }
    }

    private static func entry(_ token: Token, _ probability: Double, to writer: inout JSONWriter) {
        writer.member("token", text(token))
        writer.member("logprob", .number(JSONNumber(probability)))
        writer.member("bytes", .array(token.map { .number(JSONNumber(Int($0))) }))
    }

    /// The text of a token. An incomplete character is written as bytes, as in the API: `\xf0\x9f`.
    static func text(_ token: Token) -> String {
        if let text = String(validating: token, as: UTF8.self) { return text }
        let digits = Array("0123456789abcdef".unicodeScalars)
        return token.reduce(into: "") { text, byte in
            text += "\\x"
            text.unicodeScalars.append(digits[Int(byte >> 4)])
            text.unicodeScalars.append(digits[Int(byte & 15)])
        }
    }

    /// Between -0.001 and -2.56.
    static func logprob(_ token: Token) -> Double {
        let hash = token.reduce(UInt32(2_166_136_261)) { ($0 ^ UInt32($1)) &* 16_777_619 }
        return -Double(hash % 256 + 1) / 100
    }
}
