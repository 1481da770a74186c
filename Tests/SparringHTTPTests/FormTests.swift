import SparringExchange
import SparringWire
import Synchronization
import TestSupport
import Testing

@testable import SparringHTTP

@Suite("Streamed forms on the wire", .timeLimit(.minutes(20)))
struct FormTests {
    /// Stores the bytes that it receives.
    final class Bucket: BodyIntake {
        struct State {
            var bytes: [UInt8] = []
            var isAbandoned = false
            var waiters: [CheckedContinuation<Void, Never>] = []
        }

        let limit: Int
        let state = Mutex(State())

        init(limit: Int = 8 << 20) { self.limit = limit }

        func receive(_ bytes: [UInt8]) { state.withLock { $0.bytes += bytes } }

        func abandon() {
            let waiters = state.withLock { state in
                state.isAbandoned = true
                return state.waiters
            }
            for waiter in waiters { waiter.resume() }
        }

        func untilAbandoned() async {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if !state.isAbandoned { state.waiters.append(continuation) }
                    return state.isAbandoned
                }
                if isOver { continuation.resume() }
            }
        }
    }

    static let body = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 ^ $0 >> 9) }

    static func head(_ framing: String) -> [UInt8] {
        Array("POST /form HTTP/1.1\r\nContent-Type: Multipart/form-data; boundary=x\r\n\(framing)\r\n\r\n".utf8)
    }

    @Test("A form is streamed whole and in order, and the next request waits for its end")
    func order() async throws {
        let bucket = Bucket()
        try await Fixture.with(takes: bucket) { fixture in
            try await fixture.talk { client in
                let next = Array(Fixture.get("/next").utf8)
                try client.send(Self.head("Content-Length: \(Self.body.count)") + Self.body + next)
                #expect(client.receiveText(endingWith: "/next 1.1 [] .").text.hasPrefix("POST /form"))
            }
            let ended = await fixture.responder.ended(2)
            #expect(bucket.state.withLock { $0.bytes } == Self.body)
            #expect(ended[0].request.body.isEmpty)
            #expect(ended.map(\.request.bodyBytes) == [Self.body.count, 0])
        }
    }

    @Test("A form in chunks is streamed too")
    func chunks() async throws {
        let bucket = Bucket()
        try await Fixture.with(takes: bucket) { fixture in
            try await fixture.talk { client in
                try client.send(Self.head("Transfer-Encoding: chunked"))
                for start in stride(from: 0, to: 300_000, by: 1000) {
                    try client.send(Array("3e8\r\n".utf8) + Self.body[start..<start + 1000] + Array("\r\n".utf8))
                }
                try client.send(Array("0\r\n\r\n".utf8))
                #expect(client.receiveText(endingWith: " .").text.hasPrefix("POST /form"))
            }
            #expect(bucket.state.withLock { $0.bytes } == Array(Self.body[..<300_000]))
        }
    }

    @Test("The server abandons a form when its client disconnects before the end")
    func abandoned() async throws {
        let bucket = Bucket()
        try await Fixture.with(takes: bucket) { fixture in
            try await fixture.talk { client in
                try client.send(Self.head("Content-Length: \(Self.body.count)") + Self.body[..<1_000_000])
            }
            await bucket.untilAbandoned()
        }
    }

    @Test(
        "A form that is too large is rejected before or while it arrives",
        arguments: ["Content-Length: 3000000", "Transfer-Encoding: chunked"])
    func tooLarge(framing: String) async throws {
        try await Fixture.with(takes: Bucket(limit: 100_000)) { fixture in
            try await fixture.talk { client in
                try client.send(Self.head(framing) + Array("30d40\r\n".utf8) + Self.body[..<200_000])
                #expect(client.receiveText(endingWith: ").").text == "bodyTooLarge(limit: 100000).")
            }
        }
    }

    @Test("A form without a receiver is collected like any other body")
    func collected() async throws {
        try await Fixture.with(["/form": .answer("yes")]) { fixture in
            try await fixture.talk { client in
                try client.send(
                    Self.head("Content-Length: 100000") + Array(repeating: UInt8(ascii: "a"), count: 100_000))
                #expect(client.receiveText(endingWith: "yes.").text == "yes.")
            }
            let ended = await fixture.responder.ended(1)
            #expect(ended[0].request.body.count == 100_000)
        }
    }
}
