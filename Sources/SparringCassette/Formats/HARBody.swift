import SparringAPI
import SparringJSON
import SparringWire

/// Bodies in a HAR file: text, base64, and the notations of Polly.js (https://netflix.github.io/pollyjs) for bodies that are not text.
enum HARBody {
    static func response(_ response: JSONValue) throws(ImportMistake) -> [UInt8] {
        guard let content = response["content"], let text = content["text"]?.string else { return [] }
        let encoding = content["encoding"]?.string?.lowercased()
        if encoding == "base64" { return try pieces(of: text, base64) }
        if encoding == "hex" || content["_isBinary"]?.bool == true { return try pieces(of: text, hex) }
        // Up to version 4, Polly.js wrote the chunks of a compressed body in hexadecimal digits and did not name this encoding.
        let isCoded = (response["headers"]?.array ?? []).contains {
            $0["name"]?.string?.lowercased() == "content-encoding"
        }
        if isCoded, text.hasPrefix("[\""), let bytes = try? pieces(of: text, hex) { return bytes }
        return Array(text.utf8)
    }

    static func request(_ request: JSONValue) throws(ImportMistake) -> [UInt8] {
        guard let data = request["postData"] else { return [] }
        guard let text = data["text"]?.string else {
            // Cody's recordings contain JSON itself, not a text with the JSON.
            if let json = data["textJSON"], !json.isNull { return json.serialized() }
            return Array(form(data["params"]?.array ?? []).utf8)
        }
        let encoding = (data["encoding"] ?? data["_encoding"])?.string?.lowercased()
        if encoding == "base64" { return try pieces(of: text, base64) }
        if encoding == "hex" { return try pieces(of: text, hex) }
        // Polly.js writes a body that is not text in hexadecimal digits. A multipart body begins with two hyphens.
        let isForm = data["mimeType"]?.string?.lowercased().hasPrefix("multipart/") ?? false
        if isForm, let bytes = hex(text), bytes.starts(with: "--".utf8) { return bytes }
        return Array(text.utf8)
    }

    /// Decodes a body, or a JSON list of its chunks.
    private static func pieces(
        of text: String, _ decode: (String) -> [UInt8]?
    ) throws(ImportMistake) -> [UInt8] {
        let chunks = text.hasPrefix("[") ? (try? JSONValue.parse(Array(text.utf8)))?.array?.map(\.string) : nil
        var bytes: [UInt8] = []
        for chunk in chunks ?? [text] {
            guard let piece = chunk.flatMap(decode) else {
                throw ImportMistake("a body is not in the encoding that it names")
            }
            bytes += piece
        }
        return bytes
    }

    private static func base64(_ text: String) -> [UInt8]? { Base64.decode(text.filter { !$0.isWhitespace }[...]) }

    private static func hex(_ text: String) -> [UInt8]? {
        let digits = text.utf8.map { Character(UnicodeScalar($0)).hexDigitValue }
        guard digits.count.isMultiple(of: 2), !digits.contains(nil) else { return nil }
        let values = digits.compactMap { $0 }
        return stride(from: 0, to: values.count, by: 2).map { UInt8(values[$0] * 16 + values[$0 + 1]) }
    }

    private static func form(_ fields: [JSONValue]) -> String {
        fields.map { field in
            let (name, value) = (field["name"]?.string ?? "", field["value"]?.string ?? "")
            return "\(FormText.encoded(name))=\(FormText.encoded(value))"
        }
        .joined(separator: "&")
    }
}
