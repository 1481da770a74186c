/// The HTTP version of a request and its answer.
package enum HTTPVersion: String, Sendable, Hashable, CaseIterable {
    case http10 = "1.0"
    case http11 = "1.1"
    /// RFC 9113.
    case http2 = "2"

    /// The minor version of HTTP/1; 1 for HTTP/2, which can do all that HTTP/1.1 can.
    package var minorVersion: Int { self == .http10 ? 0 : 1 }

    package var major: Int { self == .http2 ? 2 : 1 }

    /// The name that people read, such as `HTTP/2`.
    package var words: String { "HTTP/\(rawValue)" }
}
