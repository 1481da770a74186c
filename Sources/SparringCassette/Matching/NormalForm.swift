import SparringWire

/// The normal form of a form body, for comparison. Parts that differ between equal requests or between clients are
/// removed.
enum NormalForm {
    /// Returns the normal form of a form body, and any other body unchanged.
    /// - Parameter type: the media type of the body.
    static func of(_ body: [UInt8], _ type: String) -> [UInt8] {
        let parameters = HeaderParameters(type)
        switch parameters.value {
        case "application/x-www-form-urlencoded":
            // Sorts by name only, because the order of fields with the same name matters.
            let fields = body.split(separator: UInt8(ascii: "&")).enumerated().sorted { a, b in
                let names = [a, b].map { Array($0.element.prefix { $0 != UInt8(ascii: "=") }) }
                return names[0] == names[1] ? a.offset < b.offset : names[0].lexicographicallyPrecedes(names[1])
            }
            return Array(fields.map(\.element).joined(separator: [UInt8(ascii: "&")]))
        case let type where type.hasPrefix("multipart/") || (type.isEmpty && body.starts(with: "--".utf8)):
            guard let boundary = parameters["boundary"] ?? boundary(of: body), !boundary.isEmpty else { return body }
            return parts(of: body, boundary) ?? withoutBoundary(body, boundary)
        default: return body
        }
    }

    /// Finds the boundary in the first line of a body, because a recording may have lost its headers.
    private static func boundary(of body: [UInt8]) -> String? {
        guard body.starts(with: "--".utf8), let end = body.firstIndex(of: 0x0D) else { return nil }
        return String(validating: body[2..<end], as: UTF8.self)
    }

    /// Replaces the boundary, for other multipart types and for bodies that are not whole.
    private static func withoutBoundary(_ body: [UInt8], _ boundary: String) -> [UInt8] {
        let parts = body.split(separator: Array(boundary.utf8), omittingEmptySubsequences: false)
        return Array(parts.joined(separator: "boundary".utf8))
    }

    /// The name, filename, media type and bytes of each part. The boundary differs between requests (RFC 2046 §5.1.1), and the order and
    /// spelling of a part's header fields differ between clients. Returns nil for a body that is not multipart.
    private static func parts(of body: [UInt8], _ boundary: String) -> [UInt8]? {
        var parser = MultipartParser(boundary: boundary)
        var parts: [UInt8] = []
        var data: [UInt8] = []
        do {
            try body.withUnsafeBytes { bytes in
                try parser.feed(bytes) { token in
                    switch token {
                    case .part(let head):
                        let type = head.contentType?.lowercased() ?? ""
                        parts += "\(head.name)\n\(head.filename ?? "")\n\(type)\n".utf8
                    case .data(let bytes): data += bytes
                    case .partEnd:
                        // The length of a part is written too, so that the bytes of a part cannot be confused with the head of the next
                        // part.
                        parts += "\(data.count)\n".utf8 + data
                        data = []
                    }
                }
            }
        } catch { return nil }
        return parser.isComplete ? parts : nil
    }
}
