import SparringExchange
import SparringJSON
import Synchronization
import Testing

@testable import Sparring

@Suite("Followers of the journal")
struct FollowerTests {
    private static func exchange(_ number: Int, session: String = "a") -> Exchange {
        Exchange(
            number: number, session: session, connection: 1,
            request: Request(method: "POST", target: "/v1/responses", body: [1, 2, 3]),
            decision: Exchange.Decision(endpoint: "responses", status: 200))
    }

    private static func follower(
        _ query: JournalQuery = JournalQuery(), limit: Int? = nil, capacity: Int = 4, followers: Followers = Followers()
    ) -> Follower {
        Follower(query, limit: limit, head: Array("head".utf8), followers: followers, capacity: capacity)
    }

    /// The pieces that are ready for the reader, one word for each, in order.
    private static func read(_ follower: Follower) -> [String] {
        var words: [String] = []
        while true {
            switch follower.next() {
            case .nothing: return words
            case .end, .ending: return words + ["end"]
            case .bytes(let bytes):
                let text = String(decoding: bytes, as: UTF8.self)
                let lines = bytes.split(separator: 0x0A).filter { $0.first == UInt8(ascii: "{") }
                    .compactMap { try? JSONValue.parse(Array($0)) }
                words +=
                    lines.isEmpty
                    ? [text]
                    : lines.map { line in
                        line["dropped"].map { "\($0.text()) dropped" } ?? "#\(line["number"]?.text() ?? "?")"
                    }
            }
        }
    }

    @Test("A journal follower gets the head and then the exchanges in order, as chunks")
    func order() {
        let follower = Self.follower()
        #expect(follower.next() == .bytes(Array("head".utf8)))
        #expect(follower.next() == .nothing)
        let line = Self.exchange(1).journalLine
        follower.offer(Self.exchange(1))
        #expect(
            follower.next() == .bytes(Array("\(String(line.count, radix: 16))\r\n".utf8) + line + Array("\r\n".utf8)))
        follower.offer(Self.exchange(2))
        follower.offer(Self.exchange(3))
        #expect(Self.read(follower) == ["#2", "#3"])
    }

    @Test("A slow journal follower loses the newest exchanges and gets their number")
    func slow() {
        let follower = Self.follower(capacity: 2)
        for number in 1...5 { follower.offer(Self.exchange(number)) }
        #expect(Self.read(follower) == ["head", "#1", "#2", "3 dropped"])
        follower.offer(Self.exchange(6))
        #expect(Self.read(follower) == ["#6"])
    }

    @Test("A journal follower gets only matching exchanges, and ends after its limit")
    func filtered() {
        let follower = Self.follower(JournalQuery(session: "a"), limit: 2)
        for (number, session) in [(1, "b"), (1, "a"), (2, "b"), (2, "a"), (3, "a")] {
            follower.offer(Self.exchange(number, session: session))
        }
        #expect(Self.read(follower) == ["head", "#1", "#2", "0\r\n\r\n", "end"])
    }

    @Test("A journal follower gets earlier exchanges and a complete answer when the server stops")
    func windingDown() {
        let follower = Self.follower()
        follower.offer(Self.exchange(1))
        follower.windDown()
        follower.offer(Self.exchange(2))
        #expect(Self.read(follower) == ["head", "#1", "0\r\n\r\n", "end"])
    }

    @Test("A journal follower is woken once after it has read everything")
    func waking() {
        let woken = Atomic<Int>(0)
        let follower = Self.follower()
        follower.open { woken.add(1, ordering: .relaxed) }
        follower.offer(Self.exchange(1))
        #expect(woken.load(ordering: .relaxed) == 0, "it has not asked yet")
        _ = Self.read(follower)
        follower.offer(Self.exchange(2))
        follower.offer(Self.exchange(3))
        #expect(woken.load(ordering: .relaxed) == 1)
        _ = Self.read(follower)
        follower.windDown()
        #expect(woken.load(ordering: .relaxed) == 2)
    }

    @Test("A journal follower gets all exchanges between its opening and its closing")
    func registered() {
        let followers = Followers()
        let follower = Self.follower(followers: followers)
        followers.receive(Self.exchange(1))
        follower.open {}
        followers.receive(Self.exchange(2))
        follower.close()
        followers.receive(Self.exchange(3))
        #expect(Self.read(follower) == ["head", "#2"])
    }
}
