import SparringJSON
import SparringTokens

/// Log probabilities for tokens that no model drew: made up from the token's bytes, the same for the same token.
struct ChatLogprobs {
    private let bytes: [UInt8]
    /// Those of the tokens that are still to come.
    private var lengths: ArraySlice<Int>
    private var position = 0
    private let isRefusal: Bool
    private let top: Int

    /// - Parameter top: alternatives for each token; the token itself is the first of them.
    init(_ text: String, _ counter: TokenCounter, isRefusal: Bool, top: Int) {
        bytes = Array(text.utf8)
        lengths = counter.lengths(text)[...]
        self.isRefusal = isRefusal
        self.top = top
    }

    /// Of a whole message.
    static func whole(_ message: ChatCompletion.Message, _ counter: TokenCounter, top: Int) -> [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            write("content", message.text.map { tokens(of: $0, counter) }, top, to: &writer)
            write("refusal", message.refusal.map { tokens(of: $0, counter) }, top, to: &writer)
        }
        return writer.bytes
    }

    /// Of the next tokens of the text.
    mutating func next(_ count: Int) -> [UInt8] {
        let tokens = take(count)
        var writer = JSONWriter()
        writer.object { writer in
            Self.write("content", isRefusal ? nil : tokens, top, to: &writer)
            Self.write("refusal", isRefusal ? tokens : nil, top, to: &writer)
        }
        return writer.bytes
    }

    private static func tokens(of text: String, _ counter: TokenCounter) -> [ArraySlice<UInt8>] {
        var list = ChatLogprobs(text, counter, isRefusal: false, top: 0)
        return list.take(list.lengths.count)
    }

    private mutating func take(_ count: Int) -> [ArraySlice<UInt8>] {
        let tokens = lengths.prefix(count).map { length in
            defer { position += length }
            return bytes[position..<(position + length)]
        }
        lengths = lengths.dropFirst(count)
        return tokens
    }

    private static func write(
        _ name: StaticString, _ tokens: [ArraySlice<UInt8>]?, _ top: Int, to writer: inout JSONWriter
    ) {
        guard let tokens else { return writer.null(name) }
        writer.member(name) { writer in
            writer.array { writer in for token in tokens { writer.element { write(token, top, to: &$0) } } }
        }
    }

    private static func write(_ token: ArraySlice<UInt8>, _ top: Int, to writer: inout JSONWriter) {
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

    private static func entry(_ token: ArraySlice<UInt8>, _ probability: Double, to writer: inout JSONWriter) {
        writer.member("token", text(token))
        writer.member("logprob", .number(JSONNumber(probability)))
        writer.member("bytes", .array(token.map { .number(JSONNumber(Int($0))) }))
    }

    /// A part of a character is shown by its bytes, as the API shows it: `\xf0\x9f`.
    private static func text(_ token: ArraySlice<UInt8>) -> String {
        if let text = String(validating: token, as: UTF8.self) { return text }
        let digits = Array("0123456789abcdef".unicodeScalars)
        return token.reduce(into: "") { text, byte in
            text += "\\x"
            text.unicodeScalars.append(digits[Int(byte >> 4)])
            text.unicodeScalars.append(digits[Int(byte & 15)])
        }
    }

    /// Between -0.001 and -2.56.
    private static func logprob(_ token: ArraySlice<UInt8>) -> Double {
        let hash = token.reduce(UInt32(2_166_136_261)) { ($0 ^ UInt32($1)) &* 16_777_619 }
        return -Double(hash % 256 + 1) / 100
    }
}
