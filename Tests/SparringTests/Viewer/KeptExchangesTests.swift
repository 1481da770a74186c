import SparringExchange
import SparringJSON
import SparringWire
import Testing

@testable import Sparring

@Suite("The exchanges that a run keeps for its page")
struct KeptExchangesTests {
    static func exchange(_ number: Int, body: String = "") -> Exchange {
        var exchange = Exchange(
            number: number, session: "default", connection: 1,
            request: Request(method: "POST", target: "/v1/chat/completions", body: Array(body.utf8)),
            decision: Exchange.Decision(endpoint: "chat.completions", status: 200))
        exchange.timeline.stamp(.requestStart, at: Moment(nanoseconds: Int64(number) * 1_000_000))
        exchange.timeline.stamp(.ended(.keepAlive), at: Moment(nanoseconds: Int64(number) * 1_000_000 + 5))
        return exchange
    }

    private static func script(_ text: String) -> WireScript { WireScript(bytes: Array(text.utf8)) }

    @Test("Only the beginning of a body is given, with its whole length")
    func entry() {
        let exchange = Self.exchange(1, body: "äöü")
        #expect(KeptExchanges.fullEntry(of: exchange, most: 6)["body"] == "äöü")
        let cut = KeptExchanges.fullEntry(of: exchange, most: 3)
        #expect(cut["body"] == "ä" && cut["body_bytes"] == 6)
        #expect(KeptExchanges.fullEntry(of: exchange, most: nil)["body_bytes"] == nil)
    }

    @Test("Requests have the same number if they are equal, and another one if any byte differs")
    func call() {
        var request = Request(method: "POST", target: "/", body: [UInt8](repeating: 7, count: 29))
        var numbers: Set = [LiveReport.call(request)]
        for index in request.body.indices {
            request.body[index] ^= 0x80
            #expect(numbers.insert(LiveReport.call(request)).inserted)
            request.body[index] ^= 0x80
            #expect(!numbers.insert(LiveReport.call(request)).inserted)
        }
    }

    @Test("The newest exchanges are kept, and the others are counted")
    func number() {
        var bounds = KeptExchanges.Bounds()
        bounds.exchanges = 3
        let kept = KeptExchanges(bounds: bounds)
        for number in 1...5000 { kept.receive(Self.exchange(number), played: Self.script("x")) }
        #expect(kept.all.kept.map(\.exchange.number) == [4998, 4999, 5000])
        #expect(kept.all.leftOut == 4997)
    }

    @Test("Exchanges are left out until the bytes of the others fit")
    func bytes() {
        var bounds = KeptExchanges.Bounds()
        bounds.bytes = 10_000
        let kept = KeptExchanges(bounds: bounds)
        let body = String(repeating: "a", count: 4000)
        for number in 1...9 { kept.receive(Self.exchange(number, body: body), played: Self.script("x")) }
        #expect(kept.all.kept.map(\.exchange.number) == [8, 9])
        #expect(kept.all.leftOut == 7)
    }

    @Test("Long bodies are cut, and equal long requests are still attempts of one call")
    func cut() {
        let kept = KeptExchanges()
        let long = String(repeating: "é", count: 100_000)
        for body in [long, long, long + "!"] {
            kept.receive(Self.exchange(1, body: body), played: Self.script(String(repeating: "b", count: 100_000)))
        }
        let all = kept.all.kept
        #expect(all.map(\.exchange.request.body.count).max() == (64 << 10) + KeptExchanges.margin)
        #expect(all[0].call == all[1].call)
        #expect(all[1].call != all[2].call)
        let rest = all[0].rest(most: 64 << 10, explanation: [])
        #expect(rest["body"]?.string?.utf8.count == 64 << 10)
        #expect(rest["body_bytes"] == 200_000)
        #expect(rest["answer"]?["bytes"] == 100_000)
        #expect(rest["answer"]?["cut"] == true)
    }

    @Test(
        "Text is not cut inside a character",
        arguments: [
            ("aé", 2, "a"), ("aé", 3, "aé"), ("a😀", 2, "a"), ("a😀", 3, "a"), ("a😀", 4, "a"), ("a😀", 5, "a😀"),
        ])
    func characters(text: String, most: Int, expected: String) {
        #expect(KeptExchanges.cut(Array(text.utf8), to: most) == Array(expected.utf8))
    }
}
