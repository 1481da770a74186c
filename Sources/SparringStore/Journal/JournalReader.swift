import GRDB
import SparringExchange
import SparringJSON
import SparringWire

/// Reads exchanges from the rows of `JournalRow`, with masked secrets and the stored bodies.
enum JournalReader {
    static func exchanges(_ query: JournalQuery, run: Int64, from first: Int64, _ db: Database) throws -> [Exchange] {
        var conditions = ["e.id >= ?", "e.run = ?"]
        var arguments: [any DatabaseValueConvertible] = [first, run]
        func restrict(_ condition: String, _ value: (any DatabaseValueConvertible)?) {
            guard let value else { return }
            conditions.append(condition)
            arguments.append(value)
        }
        restrict("e.session = ?", query.session.map(Redaction.text))
        restrict("e.endpoint = ?", query.endpoint)
        restrict("e.status = ?", query.status)
        restrict("e.started_ns >= ?", query.since?.nanoseconds)
        restrict("e.number > ?", query.after)
        let condition = FilterCondition(query.filter)
        conditions += condition.conditions
        arguments += condition.arguments
        let limit = max(0, query.limit)
        // A filter is applied after reading, so the SQL statement has no limit if there is a filter.
        arguments.append(query.filter == nil ? limit : -1)
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT e.*, b.request FROM exchanges e LEFT JOIN bodies b ON b.exchange = e.id
                WHERE \(conditions.joined(separator: " AND ")) ORDER BY e.id LIMIT ?
                """,
            arguments: StatementArguments(arguments))
        var exchanges: [Exchange] = []
        while exchanges.count < limit, let row = try rows.next() {
            let exchange = try exchange(row)
            if query.filter?.selects(exchange) ?? true { exchanges.append(exchange) }
        }
        return exchanges
    }

    static func exchange(_ row: Row) throws -> Exchange {
        let start = try time(row.value("started_ns"))
        let request = Request(
            method: try row.value("method"), target: try row.value("target"),
            version: HTTPVersion(rawValue: try row.value("http")) ?? .http11,
            headers: try headers(row.value("headers")),
            body: try row.withUnsafeData(named: "request") { $0.map { Array($0) } ?? [] })
        var decision = Exchange.Decision(
            endpoint: try row.value("endpoint"), model: try row.value("model"), status: try row.value("status"),
            step: try row.value("step"), attempt: try row.value("attempt"), unmatched: try row.value("unmatched"),
            isAuxiliary: try row.value("auxiliary"),
            faults: try (row.value("faults") as String?).map { try list($0).map { $0.string ?? "" } } ?? [])
        decision.refusal = try (row.value("refused") as String?).map { Exchange.Refusal($0) }
        decision.warning = try row.value("warning")
        decision.requestID = try row.withUnsafeData(named: "answer_head") {
            $0.flatMap { requestID(inHead: Array($0)) }
        }
        return Exchange(
            number: try row.value("number"), session: try row.value("session"),
            connection: try row.value("connection"), request: request, decision: decision,
            marbles: try (row.value("marbles") as String?) ?? "",
            timeline: Timeline(entries: try list(row.value("timeline")).map { try entry($0, from: start) }))
    }

    private static func requestID(inHead head: [UInt8]) -> String? {
        for line in head.split(separator: UInt8(ascii: "\n")) {
            let parts = line.split(separator: UInt8(ascii: ":"), maxSplits: 1)
            guard parts.count == 2, String(decoding: parts[0], as: UTF8.self).lowercased() == "x-request-id" else {
                continue
            }
            let value = parts[1].drop { $0 == UInt8(ascii: " ") }.prefix { $0 != UInt8(ascii: "\r") }
            return String(decoding: value, as: UTF8.self)
        }
        return nil
    }

    private static func headers(_ text: String) throws -> HeaderFields {
        HeaderFields(try list(text).map { HeaderFields.Field($0[0]?.string ?? "", $0[1]?.string ?? "") })
    }

    private static func list(_ text: String) throws -> [JSONValue] { try JSONValue.parse(text).array ?? [] }

    private static func entry(_ json: JSONValue, from start: Int64) throws -> Timeline.Entry {
        guard let offset = json[0]?.int, let word = json[1]?.string,
            let happening = try happening(word, json[2], json[3], from: start)
        else { throw DamagedRow("this version does not know the timeline entry \(json.text())") }
        return Timeline.Entry(at: try moment(offset, after: start), happening)
    }

    private static func moment(_ offset: Int, after start: Int64) throws -> Moment {
        Moment(nanoseconds: start + (try time(Int64(offset))))
    }

    /// The greatest time that can be read, in nanoseconds: about three years. Sums and differences of such times fit into 64 bits.
    private static let latest: Int64 = 100_000_000_000_000_000

    private static func time(_ nanoseconds: Int64) throws -> Int64 {
        guard (-latest...latest).contains(nanoseconds) else {
            throw DamagedRow("the time of \(nanoseconds) ns is out of range")
        }
        return nanoseconds
    }

    private static func happening(
        _ word: String, _ first: JSONValue?, _ second: JSONValue?, from start: Int64
    ) throws -> Timeline.Happening? {
        switch word {
        case "request_start": .requestStart
        case "request_head": .requestHead
        case "request_end": .requestEnd
        case "decided": .decided
        case "accepted":
            try second?.int.map {
                .accepted(first?.string.flatMap { Mark(words: $0) }, due: try moment($0, after: start))
            }
        case "fault_delivered": first?.int.map { .faultDelivered(FaultID($0)) }
        case "fault_missed": first?.int.map { .faultMissed(FaultID($0), reason: second?.string ?? "") }
        case "held": first?.string.map { .held(at: $0) }
        case "released":
            try second?.int.map { .released(after: .nanoseconds(try time(Int64($0))), reason: first?.string ?? "") }
        case "peer_gone": first?.string.map { .peerGone(reason: $0) }
        case "drained": .drained
        case "lost": first?.int.map { .lost(bytes: $0) }
        case "ended": first?.string.flatMap { Ending(words: $0) }.map { .ended($0) }
        default: nil
        }
    }
}
