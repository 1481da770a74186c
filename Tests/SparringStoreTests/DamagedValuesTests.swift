import Foundation
import GRDB
import SparringExchange
import SparringStore
import SparringWire
import Testing

@testable import SparringCassette

/// SQLite stores a value of any type in any column, so a damaged file may have a text where a number is due.
@Suite("Journals and cassettes with damaged values")
struct DamagedValuesTests {
    /// Values in SQL: of each type, of extreme size, text that is not JSON, and JSON of another form than expected.
    private static let values = [
        "NULL", "'abc'", "''", "x'ff00'", "1.5", "-1", "\(Int64.max)", "\(Int64.min)", "'[[1,2'", "'[[]]'",
        "'[[\"a\"]]'",
        "'[[\(Int64.max),\"accepted\",\"head\",\(Int64.max)]]'", "'[[1,\"released\",\"x\",\(Int64.min)]]'",
        "'[[\(Int64.max),-1]]'", "'[[1,\(Int64.max)],[1,\(Int64.max)]]'",
    ]

    /// Gives each column of a table each of the values, and calls `read` after each change.
    private static func damage(_ path: String, _ table: String, _ read: (String) -> Void) throws {
        let whole = try Data(contentsOf: URL(filePath: path))
        let queue = try DatabaseQueue(path: path)
        let columns = try queue.read { try $0.columns(in: table).map(\.name) }
        try queue.close()
        for column in columns where column != "id" {
            for value in values {
                try whole.write(to: URL(filePath: path))
                let queue = try DatabaseQueue(path: path)
                // A column may refuse the value.
                let isChanged =
                    (try? queue.write { try $0.execute(sql: "UPDATE \(table) SET \(column) = \(value)") }) != nil
                try queue.close()
                if isChanged { read("\(table).\(column) = \(value)") }
            }
        }
        try whole.write(to: URL(filePath: path))
    }

    @Test("A journal whose columns have values of wrong types or sizes is read, or the value is named")
    func journal() async throws {
        let fixture = try JournalFixture()
        let exchange = Exchange.call(
            1, faults: ["at event 5: reset"],
            happenings: [.requestStart, .accepted(.event(5), due: Moment(nanoseconds: 1_100_000)), .ended(.reset)])
        try await fixture.keep([(exchange, .answer())])
        // The write-ahead log would hide the changes of the file.
        try fixture.execute("PRAGMA user_version = 4")
        for table in ["exchanges", "bodies", "runs"] {
            try Self.damage(fixture.path, table) { change in
                do {
                    let file = try JournalFile(fixture.path)
                    _ = try file.exchanges(at: 0..<file.count)
                    _ = try file.whole(at: 0)
                } catch {
                    #expect(!"\(error)".contains("GRDB"), "\(change): \(error)")
                }
            }
        }
        try fixture.execute("UPDATE exchanges SET status = 'abc'")
        let file = try JournalFile(fixture.path)
        let error = #expect(throws: (any Error).self) { try file.exchanges(at: 0..<1) }
        #expect(error.map { "\($0)" } == "the value of 'status' is of a wrong type")
    }

    @Test("A cassette whose columns have values of wrong types or sizes is read, or the value is named")
    func cassette() throws {
        let fixture = try JournalFixture()
        let path = fixture.directory.appending(path: "cassette.sqlite").path
        let place = CassetteLocation(path)
        let appender = try CassetteAppender(place)
        let call = RecordedExchange(
            session: "default", number: 1, startedAt: 1, request: RecordedRequest(method: "POST", target: "/v1/x"),
            answer: RecordedAnswer(
                status: 200, reason: "OK", body: Array("yes".utf8), pieces: [RecordedPiece(at: 3, count: 3)], endAt: 5),
            ending: .complete)
        let socket = RecordedExchange(
            session: "default", number: 2, startedAt: 2,
            request: RecordedRequest(method: "GET", target: "/v1/responses"),
            answer: RecordedAnswer(status: 101, reason: "Switching Protocols", headAt: 1, endAt: 9), ending: .complete,
            messages: [RecordedMessage(at: 2, sender: .client, content: .text(Array("{}".utf8)))])
        for exchange in [call, socket] { try appender.append(exchange, from: appender.key) }
        try appender.close()
        for table in ["exchanges", "parts", "messages"] {
            try Self.damage(path, table) { change in
                do {
                    for exchange in try place.read().exchanges {
                        #expect(exchange.memberOutOfRange == nil, "\(change)")
                    }
                } catch {
                    #expect(!"\(error)".contains("GRDB"), "\(change): \(error)")
                }
            }
        }
        #expect(try place.read().exchanges == [call, socket])
    }
}
