package import SparringExchange
package import SparringWire

/// The result of a search for secrets in a body, in any coding.
package enum SearchedBody: Sendable, Hashable {
    /// The body contains no secret and is not changed.
    case clean
    /// The secrets of the body are masked.
    /// - Parameter isDecoded: whether the body's content coding was removed.
    case masked([UInt8], isDecoded: Bool)
    /// The body cannot be searched: it is damaged, or its coding is unknown.
    case closed

    /// - Parameter edits: returns the edits of a decoded body, given its media type.
    package init(_ body: [UInt8], _ headers: HeaderFields, edits: ([UInt8], String?) -> Edits) {
        let type = headers["content-type"]
        let codings = ContentCoding.list(headers)
        if body.isEmpty {
            self = .clean
        } else if codings.isEmpty {
            self = Self.undeclared(body) { edits($0, type) }
        } else if let plain = ContentCoding.decoded(body, codings) {
            let found = edits(plain, type)
            guard found.isEmpty else {
                self = .masked(found.applied(to: plain), isDecoded: true)
                return
            }
            // The header field may name a wrong coding. Decoding with a wrong coding gives meaningless bytes.
            let raw = edits(body, type)
            self = raw.isEmpty ? .clean : .masked(raw.applied(to: body), isDecoded: false)
        } else {
            self = .closed
        }
    }

    /// Searches a body without a declared coding.
    private static func undeclared(_ body: [UInt8], _ edits: ([UInt8]) -> Edits) -> SearchedBody {
        if let plain = ContentCoding.unpacked(body) {
            let found = edits(plain)
            guard !found.isEmpty else { return .clean }
            // The recipient expects a compressed body, so the masked body is compressed again.
            return ContentCoding.packed(found.applied(to: plain), like: body).map { .masked($0, isDecoded: false) }
                ?? .closed
        }
        if Packing.isGzip(body) || Packing.isZstandard(body) { return .closed }
        let found = edits(body)
        return found.isEmpty ? .clean : .masked(found.applied(to: body), isDecoded: false)
    }

    /// Explains why a message is not recorded.
    static func reason(_ message: String, of headers: HeaderFields) -> String {
        let codings = ContentCoding.list(headers)
        let coding = codings.isEmpty ? "compressed" : "coded as '\(codings.joined(separator: ", "))'"
        return "its \(message) is \(coding) and cannot be searched for secrets"
    }
}

extension HeaderFields {
    /// The header fields after the content coding is removed.
    func decoded(length: Int) -> HeaderFields {
        var headers = self
        headers["content-encoding"] = nil
        if headers.contains("content-length") { headers["content-length"] = String(length) }
        return headers
    }
}
