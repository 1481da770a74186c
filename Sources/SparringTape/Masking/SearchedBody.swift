package import SparringExchange
package import SparringWire

/// A body that was searched for secrets, in whatever coding it is.
package enum SearchedBody: Sendable, Hashable {
    /// It holds no secret, and is kept to the byte.
    case clean
    /// Its secrets are masked.
    /// - Parameter isDecoded: whether its content coding was taken off.
    case masked([UInt8], isDecoded: Bool)
    /// A secret could hide in it: it is damaged, or its coding is not known here.
    case closed

    /// - Parameter edits: what has to be replaced in a body without its coding, by its media type.
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
            // What only claims to be coded may have been decoded to nonsense.
            let raw = edits(body, type)
            self = raw.isEmpty ? .clean : .masked(raw.applied(to: body), isDecoded: false)
        } else {
            self = .closed
        }
    }

    /// Whatever it is in, it does not say so.
    private static func undeclared(_ body: [UInt8], _ edits: ([UInt8]) -> Edits) -> SearchedBody {
        if let plain = ContentCoding.unpacked(body) {
            let found = edits(plain)
            guard !found.isEmpty else { return .clean }
            // Its reader expects it compressed.
            return ContentCoding.packed(found.applied(to: plain), like: body).map { .masked($0, isDecoded: false) }
                ?? .closed
        }
        if Packing.isGzip(body) || Packing.isZstandard(body) { return .closed }
        let found = edits(body)
        return found.isEmpty ? .clean : .masked(found.applied(to: body), isDecoded: false)
    }

    /// For people: why a message is not kept.
    static func reason(_ message: String, of headers: HeaderFields) -> String {
        let codings = ContentCoding.list(headers)
        let coding = codings.isEmpty ? "compressed" : "coded as '\(codings.joined(separator: ", "))'"
        return "its \(message) is \(coding) and cannot be searched for secrets"
    }
}

extension HeaderFields {
    /// Of the same message once its content coding was taken off.
    func decoded(length: Int) -> HeaderFields {
        var headers = self
        headers["content-encoding"] = nil
        if headers.contains("content-length") { headers["content-length"] = String(length) }
        return headers
    }
}
