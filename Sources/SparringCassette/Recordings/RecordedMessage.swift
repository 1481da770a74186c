/// A message of a recorded WebSocket, or a Close frame. Pings and Pongs are not recorded.
package struct RecordedMessage: Sendable, Hashable {
    package enum Sender: String, Sendable, Hashable, CaseIterable {
        case client
        case server
    }

    package enum Content: Sendable, Hashable {
        /// Valid UTF-8.
        case text([UInt8])
        case binary([UInt8])
        /// - Parameter code: the code is nil for a Close frame without a code.
        case close(code: UInt16?, reason: String)
    }

    /// The time from the start of the exchange to the last byte of the message, in nanoseconds.
    package var at: Int64
    package var sender: Sender
    package var content: Content

    package init(at: Int64, sender: Sender, content: Content) {
        self.at = at
        self.sender = sender
        self.content = content
    }

    /// The bytes of a message; empty for a Close frame.
    package var bytes: [UInt8] {
        switch content {
        case .text(let bytes), .binary(let bytes): bytes
        case .close: []
        }
    }

    var isClose: Bool { if case .close = content { true } else { false } }

    /// The message on one line that people read: its text, or its size.
    package var words: String {
        switch content {
        case .text(let bytes): String(decoding: bytes, as: UTF8.self)
        case .binary(let bytes): "(\(bytes.count) bytes)"
        case .close(let code, let reason):
            "Close" + (code.map { " \($0)" } ?? "") + (reason.isEmpty ? "" : " (\(reason))")
        }
    }
}
