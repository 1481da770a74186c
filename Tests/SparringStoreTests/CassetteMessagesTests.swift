import Foundation
import GRDB
import SparringExchange
import SparringStore
import SparringWire
import Testing

@testable import SparringCassette

@Suite("The messages of WebSockets in cassettes")
struct CassetteMessagesTests {
    private let scratch: URL

    init() throws {
        scratch = FileManager.default.temporaryDirectory.appending(path: "sparring-messages-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
    }

    private static let call = RecordedExchange(
        session: "default", number: 1, startedAt: 1, request: RecordedRequest(method: "POST", target: "/v1/x"),
        answer: RecordedAnswer(
            status: 200, reason: "OK", body: Array("yes".utf8), pieces: [RecordedPiece(at: 3, count: 3)], endAt: 5),
        ending: .complete)

    private static let socket = RecordedExchange(
        session: "default", number: 2, startedAt: 2, request: RecordedRequest(method: "GET", target: "/v1/responses"),
        answer: RecordedAnswer(status: 101, reason: "Switching Protocols", headAt: 1, endAt: 9), ending: .complete,
        messages: [
            RecordedMessage(at: 2, sender: .client, content: .text(Array("{}".utf8))),
            RecordedMessage(at: 3, sender: .server, content: .binary([0, 255])),
            RecordedMessage(at: 4, sender: .server, content: .text([])),
            RecordedMessage(at: 5, sender: .server, content: .close(code: 1000, reason: "bye")),
            RecordedMessage(at: 6, sender: .client, content: .close(code: nil, reason: "")),
        ])

    private func append(_ exchanges: [RecordedExchange], to place: CassetteLocation) throws {
        let appender = try CassetteAppender(place)
        for exchange in exchanges { try appender.append(exchange, from: appender.key) }
        try appender.close()
    }

    private func execute(_ statements: [String], _ path: String) throws {
        let queue = try DatabaseQueue(path: path)
        try queue.write { db in for statement in statements { try db.execute(sql: statement) } }
        try queue.close()
    }

    @Test(
        "A socket is read as it was recorded, from memory and from the disk", arguments: ["cassette.sqlite", "folder"])
    func same(name: String) throws {
        defer { try? FileManager.default.removeItem(at: scratch) }
        let place = CassetteLocation(scratch.appending(path: name).path)
        try append([Self.call, Self.socket], to: place)
        #expect(try place.read().exchanges == [Self.call, Self.socket])
        let index = try place.index(CassetteMatching(), inMemory: 0)
        #expect(try index.exchange(1) == Self.socket)
    }

    @Test("The view `events` shows messages with their session, time and text")
    func view() throws {
        defer { try? FileManager.default.removeItem(at: scratch) }
        let path = scratch.appending(path: "cassette.sqlite").path
        try append([Self.socket], to: CassetteLocation(path))
        let queue = try DatabaseQueue(path: path)
        defer { try? queue.close() }
        let rows = try queue.read { db in
            let sql = """
                SELECT session, position, sender, kind, code, content FROM events WHERE kind <> 'binary' ORDER BY position
                """
            return try Row.fetchAll(db, sql: sql).map { row in
                row.databaseValues.map { $0.isNull ? "" : String.fromDatabaseValue($0) ?? "\($0)" }
                    .joined(separator: "|")
            }
        }
        #expect(
            rows == [
                "default|1|client|text||{}", "default|3|server|text||", "default|4|server|close|1000|bye",
                "default|5|client|close||",
            ])
    }

    @Test("A cassette without the table of messages is read unchanged, and gets the table with the next recording")
    func migration() throws {
        defer { try? FileManager.default.removeItem(at: scratch) }
        let path = scratch.appending(path: "cassette.sqlite").path
        try append([Self.call], to: CassetteLocation(path))
        // The state of a cassette of version 1.
        try execute(
            [
                "DROP VIEW events", "DROP TABLE messages", "DELETE FROM grdb_migrations WHERE identifier LIKE '2 %'",
                "PRAGMA user_version = 1",
            ], path)
        #expect(try CassetteLocation(path).read().exchanges == [Self.call])
        #expect(try CassetteLocation(path).index(CassetteMatching(), inMemory: 0).exchange(0) == Self.call)
        let queue = try DatabaseQueue(path: path)
        #expect(try queue.read { try Int.fetchOne($0, sql: "PRAGMA user_version") } == 1)
        try queue.close()
        try append([Self.socket], to: CassetteLocation(path))
        #expect(try CassetteLocation(path).read().exchanges == [Self.call, Self.socket])
    }

    @Test("An imported handshake of a WebSocket is left out and named, because other tools' messages are not read")
    func imported() throws {
        defer { try? FileManager.default.removeItem(at: scratch) }
        let appender = try CassetteAppender(CassetteLocation(scratch.appending(path: "cassette.sqlite").path))
        let moment = Moment(nanoseconds: 0)
        let isKept = try appender.append([
            .began(Request(method: "GET", target: "/v1/x"), target: "/v1/x", session: "a", startedAt: 1, at: moment),
            .head(UpstreamHead(status: 101), at: moment), .ended(.complete, at: moment),
        ])
        try appender.close()
        #expect(!isKept && appender.leftOut == ["GET /v1/x: WebSockets are not imported"])
    }
}
