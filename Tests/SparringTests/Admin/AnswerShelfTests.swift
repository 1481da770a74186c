import SparringAPI
import SparringExchange
import SparringJSON
import SparringWire
import Testing

@testable import Sparring

@Suite("The bytes of answers")
struct AnswerShelfTests {
    private static func exchange(_ number: Int, session: String = "default", hasEnded: Bool = true) -> Exchange {
        var exchange = Exchange(
            number: number, session: session, connection: 1, request: Request(method: "GET", target: "/"),
            decision: Exchange.Decision(endpoint: nil, status: 200))
        if hasEnded { exchange.timeline.stamp(.ended(.keepAlive), at: Moment(nanoseconds: 1)) }
        return exchange
    }

    private static func keep(_ number: Int, _ text: String, on shelf: AnswerShelf) {
        shelf.receive(exchange(number), played: WireScript(bytes: Array(text.utf8)))
    }

    private static func kept(_ shelf: AnswerShelf, of numbers: ClosedRange<Int>) -> [Int] {
        numbers.filter { shelf.answer(to: exchange($0)) != nil }
    }

    @Test("The newest answers are kept, and the oldest is dropped when there is one too many")
    func number() {
        let shelf = AnswerShelf(bounds: .init(answers: 3))
        for number in 1...7 { Self.keep(number, "\(number)", on: shelf) }
        #expect(Self.kept(shelf, of: 1...7) == [5, 6, 7])
        #expect(shelf.answer(to: Self.exchange(7))?.bytes == Array("7".utf8))
        #expect(shelf.answer(to: Self.exchange(7, session: "other")) == nil)
    }

    @Test("The oldest answers are dropped until the bytes fit, and only the beginning of a long answer is kept")
    func bytes() {
        let shelf = AnswerShelf(bounds: .init(answers: 10, bytes: 10, answerBytes: 4))
        for number in 1...5 { Self.keep(number, "abc", on: shelf) }
        #expect(Self.kept(shelf, of: 1...5) == [3, 4, 5])
        Self.keep(6, "abcdefgh", on: shelf)
        let kept = shelf.answer(to: Self.exchange(6))
        #expect(kept?.bytes == Array("abcd".utf8) && kept?.length == 8)
        #expect(Self.kept(shelf, of: 1...6) == [4, 5, 6])
    }

    @Test(
        "The JSON of an answer contains its bytes, or the reason why they are missing",
        arguments: [
            ("HTTP/1.1 200 OK\r\n\r\nhi", true, "answer"),
            ("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\nhi", true, "the body is compressed"),
            ("", true, "forwarded as it arrived"), (nil, true, "the newest answers only"),
            (nil, false, "has not ended"),
        ])
    func json(text: String?, hasEnded: Bool, says: String) {
        let shelf = AnswerShelf()
        if let text { Self.keep(1, text, on: shelf) }
        let json = JSONValue.object(shelf.json(of: Self.exchange(1, hasEnded: hasEnded)))
        #expect(json.text().contains(says), "\(json.text())")
    }

    @Test("A secret in an answer is masked")
    func secrets() {
        let shelf = AnswerShelf()
        let text = "HTTP/1.1 200 OK\r\n\r\nkey sk-proj-abcdefghijklmnopqrstuvwxyz0123456789"
        Self.keep(1, text, on: shelf)
        let json = JSONValue.object(shelf.json(of: Self.exchange(1)))
        let masked = Redaction.answer(Array(text.utf8)).bytes
        #expect(!String(decoding: masked, as: UTF8.self).contains("abcdefghijklmnop"))
        #expect(json["answer"]?["base64"]?.string == Base64.text(masked))
        #expect(json["answer"]?["bytes"]?.int == text.utf8.count)
    }
}
