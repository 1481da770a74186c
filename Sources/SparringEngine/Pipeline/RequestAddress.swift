package import SparringExchange
import SparringWire

/// The session of a request, and the API path without the session's prefix.
///
/// The session's name comes from the first of these that has one: base URL (`/s/NAME/v1/…`), header
/// `X-Sparring-Session`, model (`gpt-4o-mini@NAME`), API key (`sk-sparring-NAME`).
package struct RequestAddress: Sendable, Hashable {
    package static let defaultName = "default"

    /// The name in the base URL or in the header; nil if neither has a name.
    package var name: String?
    package var path: Substring
    /// The name in the API key.
    package var keyName: String?
    /// The faults that the request orders for its own answer: in `X-Sparring-Fault`, or without that field as
    /// `/f/FAULT/` in the base URL.
    package var fault: String?

    package init(_ request: Request) {
        path = request.path
        if path.begins(with: "/s/") {
            let rest = path.dropFirst(3)
            let end = rest.firstIndex(of: "/") ?? rest.endIndex
            if end > rest.startIndex {
                name = String(rest[..<end])
                path = rest[end...]
            }
        }
        if path.begins(with: "/f/") {
            let rest = path.dropFirst(3)
            let end = rest.firstIndex(of: "/") ?? rest.endIndex
            fault = PercentEncoding.decode(rest[..<end], isForm: true)
            path = rest[end...]
        }
        if let own = request.headers["x-sparring-fault"] { fault = own }
        if name == nil { name = request.headers["x-sparring-session"].flatMap { $0.isEmpty ? nil : $0 } }
        keyName = Self.keyName(request.headers["authorization"])
    }

    /// - Parameter model: the model in the body, including its suffix.
    package func sessionName(model: ModelAddress?) -> String {
        name ?? model?.session ?? keyName ?? Self.defaultName
    }

    private static func keyName(_ authorization: String?) -> String? {
        let prefix = "Bearer sk-sparring-"
        guard let authorization, authorization.begins(with: prefix) else { return nil }
        let name = authorization.dropFirst(prefix.count)
        return name.isEmpty ? nil : String(name)
    }
}

/// A model name with an optional session: `gpt-4o-mini@NAME` is `gpt-4o-mini` in the session NAME.
package struct ModelAddress: Sendable, Hashable {
    package var model: String
    package var session: String?

    package init(_ text: String) {
        guard let at = text.utf8.lastIndex(of: UInt8(ascii: "@")), at > text.startIndex,
            text.index(after: at) < text.endIndex
        else {
            model = text
            return
        }
        model = String(text[..<at])
        session = String(text[text.index(after: at)...])
    }
}
