import SparringExchange
import SparringWire

extension RecordedMessage {
    /// Masks the secrets of a message like those of a body of JSON.
    /// - Throws: if the message is damaged compressed data.
    func masked(by redaction: CassetteRedaction) throws(UnsearchableBody) -> RecordedMessage {
        var message = self
        switch content {
        case .text(let bytes): message.content = .text(try Self.masked(bytes, "application/json", by: redaction))
        case .binary(let bytes):
            message.content = .binary(try Self.masked(bytes, "application/octet-stream", by: redaction))
        case .close(let code, let reason):
            message.content = .close(code: code, reason: redaction.text(Redaction.text(reason)))
        }
        return message
    }

    private static func masked(
        _ bytes: [UInt8], _ type: String, by redaction: CassetteRedaction
    ) throws(UnsearchableBody) -> [UInt8] {
        switch redaction.searched(bytes, ["content-type": type]) {
        case .clean: return bytes
        case .masked(let masked, _): return masked
        case .closed: throw UnsearchableBody(description: SearchedBody.reason("message", of: [:]))
        }
    }
}
