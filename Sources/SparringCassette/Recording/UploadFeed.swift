import SparringExchange
import SparringWire
import Synchronization

/// Forwards a request's body to the upstream as it arrives, in the framing that the request's head announces, and reports the body for
/// recording.
///
/// The upstream's connection requests the next piece when the kernel has taken the previous piece. A slow upstream therefore slows the
/// client down.
final class UploadFeed: Feed {
    private struct State {
        var told = 0
        var hasEnded = false
    }

    private let body: any Feed
    private let isChunked: Bool
    private let tell: @Sendable (CassetteEvent) -> Void
    private let state = Mutex(State())

    /// - Parameters:
    ///   - headers: the header fields of the request to the upstream.
    ///   - tell: receives the sent bytes, up to the limit of the cassette.
    init(_ body: any Feed, framedBy headers: HeaderFields, tell: @escaping @Sendable (CassetteEvent) -> Void) {
        self.body = body
        isChunked = headers.contains("transfer-encoding")
        self.tell = tell
    }

    /// Whether the whole body was sent.
    var hasEnded: Bool { state.withLock(\.hasEnded) }

    func open(_ wake: @escaping @Sendable () -> Void) { body.open(wake) }

    func next() -> FeedPiece {
        // The last chunk is a separate piece, followed by the end.
        guard !hasEnded else { return .end }
        switch body.next() {
        case .bytes(let bytes):
            tell(bytes)
            return .bytes(isChunked ? Self.chunk(bytes) : bytes)
        case .end:
            state.withLock { $0.hasEnded = true }
            tell(.uploadEnded)
            return isChunked ? .bytes(Array("0\r\n\r\n".utf8)) : .end
        case let other: return other
        }
    }

    /// Reports bytes up to the limit of the cassette.
    private func tell(_ bytes: [UInt8]) {
        let isWanted = state.withLock { state in
            defer { state.told += bytes.count }
            return state.told <= RecordingEncoder.longestRequest
        }
        if isWanted { tell(.uploaded(bytes)) }
    }

    private static func chunk(_ bytes: [UInt8]) -> [UInt8] {
        var chunk: [UInt8] = []
        chunk.reserveCapacity(bytes.count + 16)
        chunk += String(bytes.count, radix: 16).utf8
        chunk += "\r\n".utf8
        chunk += bytes
        chunk += "\r\n".utf8
        return chunk
    }

    func windDown() { body.windDown() }

    func close() { body.close() }
}
