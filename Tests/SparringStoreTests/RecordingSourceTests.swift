import Foundation
import SparringExchange
import SparringStore
import SparringWire
import Testing

@testable import SparringCassette

/// Compares recordings that are read from the disk with recordings in memory.
@Suite("Recordings that are read from the disk")
struct RecordingSourceTests {
    private static func exchange(_ number: Int) -> RecordedExchange {
        let body = Array("answer \(number)".utf8)
        return RecordedExchange(
            session: number.isMultiple(of: 2) ? "even" : "odd", number: 0, startedAt: Int64(100 - number),
            request: RecordedRequest(method: "POST", target: "/v1/x", body: Array("{\"n\":\(number)}".utf8)),
            answer: RecordedAnswer(
                status: 200, reason: "OK", headers: ["Content-Type": "text/plain"], body: body,
                pieces: [RecordedPiece(at: 3, count: 2), RecordedPiece(at: 4, count: body.count - 2)], endAt: 5),
            ending: number == 5 ? .unfinished : .complete)
    }

    private static func answers(_ index: CassetteIndex) -> [String] {
        let responder = ReplayResponder(index, timeScale: 0, wallClock: { 0 })
        return (0..<8).map { number in
            let request = Request(
                method: "POST", target: "/v1/x", version: .http10, body: Array("{\"n\": \(number)}".utf8))
            let performance = responder.respond(to: request, connection: 1, now: Moment(nanoseconds: 0))
            let text = String(decoding: performance.script.bytes, as: UTF8.self)
            return "\(performance.exchange.decision.status) \(text.split(separator: "\r\n\r\n").last ?? "")"
        }
    }

    @Test(
        "A recording read from the disk answers like one in memory, as file or folder",
        arguments: ["cassette.sqlite", "folder"])
    func same(name: String) throws {
        let scratch = FileManager.default.temporaryDirectory.appending(path: "sparring-cassette-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: scratch) }
        let place = CassetteLocation(scratch.appending(path: name).path)
        let appender = try CassetteAppender(place)
        for number in 0..<8 { try appender.append(Self.exchange(number), from: appender.key) }
        try appender.close()

        let held = try place.index(CassetteMatching())
        let read = try place.index(CassetteMatching(), inMemory: 0)
        let request = Request(method: "GET", target: "/v1/x")
        #expect(!ReplayResponder(held, wallClock: { 0 }).mayBlock(on: request))
        #expect(ReplayResponder(read, wallClock: { 0 }).mayBlock(on: request))
        #expect(held.cards == read.cards && held.cards.count == 7)
        let answers = Self.answers(read)
        #expect(answers == Self.answers(held))
        #expect(answers[3] == "200 answer 3" && answers[5].hasPrefix("400"), "\(answers)")
    }
}
