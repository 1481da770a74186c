/// The version of HTTP that a request came in, and that its answer goes out in.
package enum HTTPVersion: String, Sendable, Hashable, CaseIterable {
    case http10 = "1.0"
    case http11 = "1.1"
    /// RFC 9113.
    case http2 = "2"

    /// Of HTTP/1; HTTP/2 can do all that HTTP/1.1 can.
    package var minorVersion: Int { self == .http10 ? 0 : 1 }

    package var major: Int { self == .http2 ? 2 : 1 }

    /// As it is spoken of.
    package var words: String { "HTTP/\(rawValue)" }
}
