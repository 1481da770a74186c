import SparringJSON
package import SparringWire

extension EmbeddingsRequest {
    /// The answer, with its vectors as numbers or in base64, as the request specifies.
    /// - Parameter scripted: the entries in the order of the inputs. If there are no scripted entries, a vector is invented for each input.
    package func answer(
        giving scripted: [ScriptedVector]? = nil, context: AnswerInput, ids: inout IDMint
    ) -> Answer {
        var headers = StandardHeaders.fields(
            contentType: "application/json",
            context: context, ids: &ids,
            rateLimits: context.rateLimits,
            model: isOfNewServer ? nil : model.snapshot,
            counter: model.counter
        )
        headers["access-control-allow-origin"] = "*"
        let sizeOfOne = isBase64 ? dimensions * 16 / 3 + 128 : dimensions * 24 + 128
        var writer = JSONWriter(style: .pretty, reserving: inputs.count * sizeOfOne + 256)
        writer.object { writer in
            writer.member("object", "list")
            writer.member("data") { writer in
                writer.array { writer in
                    if let scripted {
                        for vector in scripted {
                            writer.element { write(vector.values, at: vector.index, to: &$0) }
                        }
                    } else {
                        for (index, input) in inputs.enumerated() {
                            let vector = EmbeddingsVector(input, dimensions: dimensions)
                            writer.element { write(vector.values, at: index, to: &$0) }
                        }
                    }
                }
            }
            writer.member("model", model.snapshot)
            writer.member("usage") { writer in
                writer.object { writer in
                    writer.member("prompt_tokens", promptTokens)
                    writer.member("total_tokens", promptTokens)
                }
            }
        }
        writer.raw("\n")
        return Answer(status: 200, headers: headers, body: .whole(writer.bytes)).using(Usage(input: promptTokens))
    }

    /// True for the third generation of embedding models, whose answers have no `openai-model` and put `index` last. Recorded since June
    /// 2026; the answers of text-embedding-ada-002 still had the older form in August.
    private var isOfNewServer: Bool { model.snapshot.hasPrefix("text-embedding-3") }

    private func write(_ values: [Float], at index: Int, to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("object", "embedding")
            if !isOfNewServer { writer.member("index", index) }
            writer.member("embedding") { writer in
                if isBase64 {
                    writer.raw(EmbeddingsText.base64(values))
                } else {
                    writer.array { writer in
                        for value in values { writer.element { $0.raw(EmbeddingsText.decimal(value)) } }
                    }
                }
            }
            if isOfNewServer { writer.member("index", index) }
        }
    }
}

/// The two formats of a vector on the wire.
enum EmbeddingsText {
    /// The shortest decimal that parses to the same 32 bits, with at most nine significant digits. Values down to a
    /// millionth have no exponent; `1` and `0` have no fraction. Only this format gives the content lengths of the
    /// recordings.
    static func decimal(_ value: Float) -> String {
        let text = value.description
        guard text.utf8.last != UInt8(ascii: "0") else { return text.hasSuffix(".0") ? String(text.dropLast(2)) : text }
        guard abs(value) < 1e-4, let mark = text.utf8.firstIndex(of: UInt8(ascii: "e")),
            let exponent = Int(text[text.index(after: mark)...])
        else { return text }
        let mantissa = text[..<mark]
        guard exponent >= -6 else { return "\(mantissa)e\(exponent)" }
        let digits = mantissa.utf8.filter { $0 &- 0x30 < 10 }
        let zeros = String(repeating: "0", count: -exponent - 1)
        return "\(value < 0 ? "-" : "")0.\(zeros)\(String(decoding: digits, as: UTF8.self))"
    }

    /// 32-bit floats, little-endian, in base64 (RFC 4648 §4) between quotes.
    static func base64(_ values: [Float]) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(values.count * 16 / 3 + 8)
        text.append(UInt8(ascii: "\""))
        var bits: UInt32 = 0
        var count = 0
        for value in values {
            var pattern = value.bitPattern
            for _ in 0..<4 {
                bits = bits << 8 | pattern & 0xFF
                pattern >>= 8
                count += 1
                guard count == 3 else { continue }
                text.append(digit(bits >> 18))
                text.append(digit(bits >> 12))
                text.append(digit(bits >> 6))
                text.append(digit(bits))
                bits = 0
                count = 0
            }
        }
        if count > 0 {
            bits <<= UInt32(8 * (3 - count))
            text.append(digit(bits >> 18))
            text.append(digit(bits >> 12))
            text.append(count == 2 ? digit(bits >> 6) : UInt8(ascii: "="))
            text.append(UInt8(ascii: "="))
        }
        text.append(UInt8(ascii: "\""))
        return text
    }

    private static func digit(_ bits: UInt32) -> UInt8 { digits.utf8Start[Int(bits & 63)] }

    private static let digits: StaticString = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
}
