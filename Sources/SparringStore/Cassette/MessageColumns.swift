import SparringCassette

/// The content of a message in the columns of the table `messages`.
struct MessageColumns {
    enum Kind: String {
        case text
        case binary
        case close
    }

    let kind: Kind
    /// The code of a Close frame; nil for a frame without a code, and for messages.
    let code: Int?
    /// The bytes of a message, or the reason of a Close frame.
    let content: [UInt8]

    init(kind: Kind, code: Int?, content: [UInt8]) {
        self.kind = kind
        self.code = code
        self.content = content
    }

    init(_ message: RecordedMessage) {
        switch message.content {
        case .text(let bytes): self.init(kind: .text, code: nil, content: bytes)
        case .binary(let bytes): self.init(kind: .binary, code: nil, content: bytes)
        case .close(let code, let reason):
            self.init(kind: .close, code: code.map { Int($0) }, content: Array(reason.utf8))
        }
    }

    var recorded: RecordedMessage.Content {
        switch kind {
        case .text: .text(content)
        case .binary: .binary(content)
        case .close:
            .close(code: code.flatMap { UInt16(exactly: $0) }, reason: String(decoding: content, as: UTF8.self))
        }
    }
}
