/// The server's side of the WebSocket handshake (RFC 6455 §4.2), over a request's header fields.
package enum SocketHandshake {
    /// The reason why a request is not a valid handshake: the answer's status, and a sentence for people.
    package enum Problem: Error, Sendable, Hashable {
        case method
        case http2
        case connection
        case key
        /// The answer is 426, with the version that the server speaks.
        case version

        package var status: Int { self == .version ? 426 : 400 }

        package var words: String {
            switch self {
            case .method: "a WebSocket handshake must be a GET"
            case .http2: "a WebSocket needs HTTP/1.1: Sparring does not have WebSockets over HTTP/2 (RFC 8441)"
            case .connection: "`Upgrade: websocket` also needs `Connection: Upgrade`"
            case .key: "Sec-WebSocket-Key must be 16 bytes in Base64"
            case .version: "Sec-WebSocket-Version must be 13"
            }
        }
    }

    /// Whether the header fields ask for a WebSocket.
    package static func isAsked(_ headers: HeaderFields) -> Bool { has("websocket", in: headers["upgrade"]) }

    /// - Returns: the value of `Sec-WebSocket-Accept`.
    package static func accept(
        method: String, version: HTTPVersion, _ headers: HeaderFields
    ) throws(Problem) -> String {
        guard version.major == 1 else { throw .http2 }
        guard method == "GET", version == .http11 else { throw .method }
        guard has("upgrade", in: headers["connection"]) else { throw .connection }
        guard headers["sec-websocket-version"] == "13" else { throw .version }
        guard let key = headers["sec-websocket-key"], isKey(key) else { throw .key }
        return accept(key)
    }

    /// The digest of a key, which proves that the server has read the key.
    package static func accept(_ key: String) -> String {
        base64(SHA1.digest(Array((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8)))
    }

    /// The subprotocols that the client offers, in the client's order.
    package static func protocols(_ headers: HeaderFields) -> [String] { items(headers["sec-websocket-protocol"]) }

    /// Most requests have no such field, and no list is made for them.
    private static func has(_ word: String, in list: String?) -> Bool {
        guard let list else { return false }
        return items(list).contains { $0.lowercased() == word }
    }

    private static func items(_ list: String?) -> [String] {
        (list ?? "").split(separator: ",").map { item in
            String(item.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
        }
    }

    /// 16 bytes in base64 are 22 characters and two characters of padding.
    private static func isKey(_ key: String) -> Bool {
        let letters = key.utf8.prefix(22)
        return key.utf8.count == 24 && key.hasSuffix("==") && letters.count == 22
            && letters.allSatisfy { alphabet.contains($0) }
    }

    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    private static func base64(_ bytes: [UInt8]) -> String {
        var letters: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
            for place in 0..<4 {
                letters.append(place <= group.count ? alphabet[bits >> (18 - 6 * place) & 63] : UInt8(ascii: "="))
            }
        }
        return String(decoding: letters, as: UTF8.self)
    }
}
