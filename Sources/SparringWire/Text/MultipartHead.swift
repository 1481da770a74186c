/// The head of a part of a form (RFC 7578 §4.2).
package struct MultipartHead: Sendable, Hashable {
    package var name: String
    /// The file name; set if the part is a file.
    package var filename: String?
    package var contentType: String?

    package init(name: String, filename: String? = nil, contentType: String? = nil) {
        self.name = name
        self.filename = filename
        self.contentType = contentType
    }

    /// - Parameter bytes: the lines of the head, including the empty line.
    init(_ bytes: [UInt8]) throws(MultipartParser.Problem) {
        let lines = bytes.split(separator: 0x0A).map { $0.last == 0x0D ? $0.dropLast() : $0 }
        var disposition: HeaderParameters?
        for line in lines where !line.isEmpty {
            guard let colon = line.firstIndex(of: 0x3A) else {
                throw MultipartParser.Problem("a line in the head of a part has no colon")
            }
            let value = String(decoding: line[(colon + 1)...].drop { $0 == 0x20 || $0 == 0x09 }, as: UTF8.self)
            switch String(decoding: line[..<colon], as: UTF8.self).lowercased() {
            case "content-disposition": disposition = HeaderParameters(value)
            case "content-type": contentType = value
            default: break
            }
        }
        guard let disposition, disposition.value == "form-data", let name = disposition["name"] else {
            throw MultipartParser.Problem("a part has no `Content-Disposition: form-data` with a name")
        }
        self.name = name
        filename = disposition.extended("filename") ?? disposition["filename"]
    }
}

/// A header value with parameters: `form-data; name="file"; filename="a.jsonl"` (RFC 9110 §5.6.6).
package struct HeaderParameters: Sendable, Hashable {
    /// In lowercase.
    package let value: String
    private var parameters: [(name: String, value: String)] = []

    package static func == (a: Self, b: Self) -> Bool {
        a.value == b.value && a.parameters.elementsEqual(b.parameters, by: ==)
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(value) }

    package init(_ text: String) {
        var bytes = Array(text.utf8)[...]
        let first = bytes.prefix { $0 != 0x3B }
        value = Self.trimmed(first).lowercased()
        bytes = bytes.dropFirst(first.count)
        while bytes.popFirst() == 0x3B {
            let name = bytes.prefix { $0 != 0x3D && $0 != 0x3B }
            bytes = bytes.dropFirst(name.count)
            guard bytes.first == 0x3D else { continue }
            bytes = bytes.dropFirst().drop { $0 == 0x20 }
            let value = bytes.first == 0x22 ? Self.quoted(&bytes) : Self.token(&bytes)
            parameters.append((Self.trimmed(name).lowercased(), value))
        }
    }

    package subscript(name: String) -> String? { parameters.first { $0.name == name }?.value }

    /// `filename*=UTF-8''na%C3%AFve.txt` (RFC 8187).
    package func extended(_ name: String) -> String? {
        guard let value = self[name + "*"], value.lowercased().hasPrefix("utf-8'"),
            let start = value.dropFirst(6).firstIndex(of: "'")
        else { return nil }
        return PercentEncoding.decode(value[value.index(after: start)...])
    }

    /// Browsers write a quote as `%22` and curl as `\"`; a backslash before another character is part of a path.
    private static func quoted(_ bytes: inout ArraySlice<UInt8>) -> String {
        bytes = bytes.dropFirst()
        var value: [UInt8] = []
        while let byte = bytes.popFirst(), byte != 0x22 {
            if byte == 0x5C, let next = bytes.first, next == 0x22 || next == 0x5C {
                value.append(next)
                bytes = bytes.dropFirst()
            } else {
                value.append(byte)
            }
        }
        bytes = bytes.drop { $0 != 0x3B }
        return String(decoding: value, as: UTF8.self)
            .split(separator: "%22", omittingEmptySubsequences: false).joined(separator: "\"")
    }

    private static func token(_ bytes: inout ArraySlice<UInt8>) -> String {
        let value = bytes.prefix { $0 != 0x3B }
        bytes = bytes.dropFirst(value.count)
        return trimmed(value)
    }

    private static func trimmed(_ bytes: ArraySlice<UInt8>) -> String {
        func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
        var bytes = bytes.drop(while: isBlank)
        while let last = bytes.last, isBlank(last) { bytes = bytes.dropLast() }
        return String(decoding: bytes, as: UTF8.self)
    }
}
