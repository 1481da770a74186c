import SparringExchange
import SparringWire
import Synchronization
import Testing

@testable import SparringCassette

@Suite("Bodies forwarded to the upstream")
struct UploadFeedTests {
    /// Delivers the pieces of a test one by one.
    private final class Source: Feed {
        let pieces: Mutex<[FeedPiece]>
        let isClosed = Mutex(false)

        init(_ pieces: [FeedPiece]) { self.pieces = Mutex(pieces) }

        func open(_ wake: @escaping @Sendable () -> Void) {}
        func next() -> FeedPiece { pieces.withLock { $0.isEmpty ? .end : $0.removeFirst() } }
        func windDown() {}
        func close() { isClosed.withLock { $0 = true } }
    }

    private final class Cassette: Sendable {
        let heard = Mutex<[String]>([])

        func hear(_ event: CassetteEvent) {
            let words =
                switch event {
                case .uploaded(let bytes): String(decoding: bytes, as: UTF8.self)
                case .uploadEnded: "end"
                default: "something else"
                }
            heard.withLock { $0.append(words) }
        }
    }

    @Test(
        "A forwarded body has the framing of its head, and its bytes are recorded",
        arguments: [
            ("Content-Length", ["abc", "", "defghijklmno", "."]),
            ("Transfer-Encoding", ["3\r\nabc\r\n", "", "c\r\ndefghijklmno\r\n", "0\r\n\r\n", "."]),
        ])
    func framing(field: String, wire: [String]) {
        let source = Source([.bytes(Array("abc".utf8)), .nothing, .bytes(Array("defghijklmno".utf8))])
        let cassette = Cassette()
        let feed = UploadFeed(source, framedBy: HeaderFields([.init(field, "15")])) { cassette.hear($0) }
        var came: [String] = []
        for _ in wire {
            #expect(feed.hasEnded == (came.count >= 4 || came.last == "."))
            switch feed.next() {
            case .bytes(let bytes): came.append(String(decoding: bytes, as: UTF8.self))
            case .nothing: came.append("")
            default: came.append(".")
            }
        }
        #expect(came == wire)
        #expect(cassette.heard.withLock { $0 } == ["abc", "defghijklmno", "end"])
        feed.close()
        #expect(source.isClosed.withLock { $0 })
    }

    @Test("A body that is too long to record is still forwarded")
    func long() {
        let piece = [UInt8](repeating: 0x61, count: RecordingEncoder.longestRequest / 2)
        let source = Source(Array(repeating: .bytes(piece), count: 6))
        let heard = Mutex(0)
        let feed = UploadFeed(source, framedBy: ["Content-Length": "\(piece.count * 6)"]) { _ in
            heard.withLock { $0 += 1 }
        }
        for _ in 0..<6 { #expect(feed.next() == .bytes(piece)) }
        #expect(feed.next() == .end)
        // The pieces up to and including the first piece that is too long, and the end.
        #expect(heard.withLock { $0 } == 4)
    }
}
