import Foundation
import SparringCassette
import SparringStore

/// Shared functions of the commands for cassettes: read, search and replace a cassette.
enum CassetteFile {
    static func index(_ place: CassetteLocation, _ matching: CassetteMatching) throws -> CassetteIndex {
        do {
            return try place.index(matching)
        } catch let mistake as CassetteRedaction.Mistake {
            throw CommandError("\(place.path): its masking rules cannot be read: \(mistake)", .badFile)
        }
    }

    /// Finds an exchange by its position in the cassette (`3`), or by `session#3`.
    static func exchange(_ name: String, in cassette: Cassette) throws -> RecordedExchange {
        if let position = Int(name), cassette.exchanges.indices.contains(position - 1) {
            return cassette.exchanges[position - 1]
        }
        guard let found = cassette.exchanges.first(where: { "\($0.session)#\($0.number)" == name }) else {
            throw CommandError(
                "the cassette has no exchange \(name); it has \(Counted.exchanges(cassette.exchanges.count))", .usage)
        }
        return found
    }

    /// The line of an exchange in the output of `ls`.
    static func line(_ position: Int, _ exchange: RecordedExchange) -> String {
        let answer = exchange.answer
        var parts = [
            "\(position)", "\(exchange.session)#\(exchange.number)", UTCTime.text(exchange.startedAt),
            exchange.request.method, exchange.request.target, answer.map { "\($0.status)" } ?? "-",
        ]
        if let model = exchange.request.model { parts.append(model) }
        if let answer {
            parts.append("\(answer.endAt / 1_000_000) ms")
            parts.append(
                exchange.isSocket
                    ? "\(exchange.messages.count) messages" : "\(answer.body.count) B in \(answer.pieces.count)")
        }
        if exchange.ending != .complete { parts.append(exchange.ending.rawValue) }
        return parts.joined(separator: "  ")
    }

    /// Replaces a cassette: writes the new cassette next to the old one, then renames the new one.
    static func replace(_ path: String, with cassette: Cassette, redaction: CassetteRedaction) throws {
        let place = CassetteLocation(path)
        let beside = CassetteLocation(path + (place.isFolder ? ".new" : ".new.sqlite"))
        for file in [beside.path, beside.path + "-wal", beside.path + "-shm"] {
            try? FileManager.default.removeItem(atPath: file)
        }
        try write(cassette, to: beside, redaction: redaction)
        if place.isFolder {
            try FileManager.default.removeItem(atPath: path)
            try FileManager.default.moveItem(atPath: beside.path, toPath: path)
        } else {
            for file in [path + "-wal", path + "-shm"] { try? FileManager.default.removeItem(atPath: file) }
            guard rename(beside.path, path) == 0 else {
                throw CommandError("\(path): \(String(cString: strerror(errno)))", .internalError)
            }
        }
    }

    static func write(_ cassette: Cassette, to place: CassetteLocation, redaction: CassetteRedaction) throws {
        let appender = try CassetteAppender(place, redaction: redaction, key: cassette.key)
        for exchange in cassette.exchanges { try appender.append(exchange, from: cassette.key) }
        try appender.close()
        for line in appender.leftOut { try StandardError.write("sparring: left out: \(line)\n") }
    }
}
