/// The content of a Close frame: a code and a reason (RFC 6455 §7.4).
package struct SocketClose: Error, Sendable, Hashable {
    package var code: UInt16
    /// At most 123 bytes of UTF-8: longer reasons are cut between two characters.
    package let reason: String

    package init(_ code: UInt16, _ reason: String = "") {
        self.code = code
        self.reason = Self.fitting(reason)
    }

    package static let normal = SocketClose(1000)
    package static let goingAway = SocketClose(1001, "Sparring: the server is stopping")

    /// A peer broke the protocol.
    static func violation(_ reason: String) -> SocketClose { SocketClose(1002, reason) }

    static let notUTF8 = SocketClose(1007, "text is not UTF-8")

    /// Whether a Close frame may carry the code. Assigned codes and the codes of libraries and applications are allowed. The assigned codes
    /// 1005, 1006 and 1015 are not allowed, because they mean that no Close frame arrived.
    package static func isSendable(_ code: UInt16) -> Bool {
        switch code {
        case 1000...1003, 1007...1014, 3000...4999: true
        default: false
        }
    }

    /// The payload of the frame.
    package var payload: [UInt8] { [UInt8(code >> 8), UInt8(code & 0xFF)] + Array(reason.utf8) }

    private static func fitting(_ reason: String) -> String {
        var (text, count) = ("", 0)
        for character in reason {
            count += character.utf8.count
            guard count <= 123 else { break }
            text.append(character)
        }
        return text
    }
}

extension SocketClose: CustomStringConvertible {
    package var description: String { reason.isEmpty ? "\(code)" : "\(code) (\(reason))" }
}
