/// The parameters of permessage-deflate that a handshake has agreed on (RFC 7692 §7.1). The server always compresses each message alone
/// (`server_no_context_takeover`), so that an idle socket needs no memory for compression.
package struct SocketCompression: Sendable, Hashable {
    /// The base-2 logarithm of the largest window of the server's messages, in bytes: 8 to 15.
    package var serverWindowBits = 15
    /// The same limit for the window of the client's messages.
    package var clientWindowBits = 15
    /// Whether the client also compresses each of its messages alone.
    package var clientHasNoContext = false
    /// Whether the agreement names the server's window, because the client's offer named it.
    private var namesServerWindow = false
    private var namesClientWindow = false

    /// The agreement on an offer without parameters.
    package init() {}

    /// The agreement on the first offer that the server can accept; nil if the server can accept no offer.
    package static func agreed(_ headers: HeaderFields) -> SocketCompression? {
        let offers = headers.fields.filter { HeaderFields.same($0.name, "sec-websocket-extensions") }
            .flatMap { $0.value.split(separator: ",") }
        for offer in offers {
            if let agreed = SocketCompression(offer: offer) { return agreed }
        }
        return nil
    }

    /// An offer with a parameter that is unknown, repeated or out of range must be declined.
    private init?(offer: Substring) {
        let parts = offer.split(separator: ";", omittingEmptySubsequences: false).map(Self.trimmed)
        guard parts.first?.lowercased() == "permessage-deflate" else { return nil }
        var seen: Set<String> = []
        for part in parts.dropFirst() {
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(Self.trimmed)
            guard let name = pair.first?.lowercased(), seen.insert(name).inserted else { return nil }
            let value = pair.count == 2 ? Self.unquoted(pair[1]) : nil
            switch name {
            case "server_no_context_takeover" where value == nil: break
            case "client_no_context_takeover" where value == nil: clientHasNoContext = true
            case "server_max_window_bits":
                guard let bits = value.flatMap(Self.bits) else { return nil }
                (serverWindowBits, namesServerWindow) = (bits, true)
            case "client_max_window_bits":
                guard let value else { break }
                guard let bits = Self.bits(value) else { return nil }
                (clientWindowBits, namesClientWindow) = (bits, true)
            default: return nil
            }
        }
    }

    /// The value of the answer's `Sec-WebSocket-Extensions`.
    package var field: String {
        var field = "permessage-deflate; server_no_context_takeover"
        if clientHasNoContext { field += "; client_no_context_takeover" }
        if namesServerWindow { field += "; server_max_window_bits=\(serverWindowBits)" }
        if namesClientWindow { field += "; client_max_window_bits=\(clientWindowBits)" }
        return field
    }

    /// Parses a number from 8 to 15 without leading zeros.
    private static func bits(_ value: Substring) -> Int? {
        guard let bits = Int(value), (8...15).contains(bits), value == String(bits) else { return nil }
        return bits
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text
        while text.first == " " || text.first == "\t" { text.removeFirst() }
        while text.last == " " || text.last == "\t" { text.removeLast() }
        return text
    }

    private static func unquoted(_ text: Substring) -> Substring {
        text.count >= 2 && text.first == "\"" && text.last == "\"" ? text.dropFirst().dropLast() : text
    }
}
