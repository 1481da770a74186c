package import SparringExchange
import SparringWire

/// Which session a request belongs to, and the API path that is left when that has been read off.
///
/// In this order: base URL (`/s/NAME/v1/…`), header `X-Sparring-Session`, model (`gpt-4o-mini@NAME`), API key (`sk-sparring-NAME`).
package struct RequestAddress: Sendable, Hashable {
    package static let defaultName = "default"

    /// Nil where base URL and header name none: model or key may.
    package var name: String?
    package var path: Substring
    /// Named by the API key.
    package var keyName: String?
    /// Faults that the request orders for its own answer: `X-Sparring-Fault`, or else `/f/FAULT/` in the base URL.
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

    /// - Parameter model: as the body names it, suffix included.
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

/// A model as a client may write it: `gpt-4o-mini@NAME` is `gpt-4o-mini` in the session NAME.
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
