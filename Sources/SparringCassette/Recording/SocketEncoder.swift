import SparringExchange
import SparringWire

/// Reads the messages of a WebSocket from the bytes of both sides, and masks them.
struct SocketEncoder: Sendable {
    private let redaction: CassetteRedaction
    private var readers: [RecordedMessage.Sender: SocketReader] = [
        .client: SocketReader(from: .client, limit: Self.longestMessage),
        .server: SocketReader(from: .server, limit: Self.longestMessage),
    ]
    /// Whether one side has sent a Close frame.
    private(set) var isClosed = false
    /// Whether a message was masked.
    private(set) var isMasked = false

    /// The maximum length of a recorded message, in bytes. A replay does not accept longer messages either.
    static let longestMessage = 32 << 20

    init(_ redaction: CassetteRedaction) { self.redaction = redaction }

    /// - Parameter time: the time of the bytes, in nanoseconds from the start of the exchange.
    /// - Throws: the reason why the socket cannot be recorded.
    mutating func take(
        _ bytes: [UInt8], from sender: RecordedMessage.Sender, at time: Int64
    ) throws(UnsearchableBody) -> [CassetteEntry] {
        var entries: [CassetteEntry] = []
        for input in readers[sender]?.read(bytes) ?? [] {
            guard let content = try Self.content(of: input, from: sender) else { continue }
            let message = RecordedMessage(at: time, sender: sender, content: content)
            let masked = try message.masked(by: redaction)
            if masked != message { isMasked = true }
            if masked.isClose { isClosed = true }
            entries.append(.message(masked))
        }
        return entries
    }

    /// Returns nil for an input that is not recorded.
    private static func content(
        of input: SocketReader.Input, from sender: RecordedMessage.Sender
    ) throws(UnsearchableBody) -> RecordedMessage.Content? {
        switch input {
        case .text(let bytes): return .text(bytes)
        case .binary(let bytes): return .binary(bytes)
        case .ping, .pong: return nil
        case .close(let close): return .close(code: close?.code, reason: close?.reason ?? "")
        case .compressed:
            throw UnsearchableBody(description: "the \(sender.rawValue) compressed a message without an agreement")
        case .violation(let close):
            throw UnsearchableBody(
                description: "the \(sender.rawValue) broke the WebSocket protocol or its limit of "
                    + "\(longestMessage >> 20) MB for a message: \(close)")
        }
    }
}
