import ArgumentParser
import Foundation
import SparringStore
import SparringTape

struct CassetteCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cassette",
        abstract: "Inspect and edit tapes; import and export exchanges.",
        discussion: """
              sparring cassette ls tape.sqlite
              sparring cassette show tape.sqlite 3
              sparring cassette explain tape.sqlite request.json
              sparring cassette import tape.sqlite browser.har vcr/*.yaml
              sparring cassette export tape.sqlite --format har --out tape.har
              sparring cassette scrub tape.sqlite --redact '$.metadata.mail'
              sparring cassette verify tape.sqlite --dry-run
            """,
        subcommands: [
            CassetteList.self, CassetteShow.self, CassetteExplain.self, CassetteExport.self, CassetteImport.self,
            CassetteScrub.self, CassetteTrim.self, CassetteMerge.self, CassetteDiff.self,
            CassetteVerify.self,
        ])
}

/// Helpers of the commands on tapes.
enum Cassette {
    static func index(_ place: TapeLocation, _ matching: TapeMatching) throws -> TapeIndex {
        do {
            return try place.index(matching)
        } catch let mistake as TapeRedaction.Mistake {
            throw CommandError("\(place.path): its masking rules cannot be read: \(mistake)", .badFile)
        }
    }

    /// Finds an exchange by its position on the tape (`3`), or by `session#3`.
    static func exchange(_ name: String, in tape: Tape) throws -> TapedExchange {
        if let position = Int(name), tape.exchanges.indices.contains(position - 1) {
            return tape.exchanges[position - 1]
        }
        guard let found = tape.exchanges.first(where: { "\($0.session)#\($0.number)" == name }) else {
            throw CommandError(
                "the tape has no exchange \(name); it has \(Counted.exchanges(tape.exchanges.count))", .usage)
        }
        return found
    }

    /// An exchange as a line of `ls`.
    static func line(_ position: Int, _ exchange: TapedExchange) -> String {
        let answer = exchange.answer
        var parts = [
            "\(position)", "\(exchange.session)#\(exchange.number)", UTCTime.text(exchange.startedAt),
            exchange.request.method, exchange.request.target, answer.map { "\($0.status)" } ?? "-",
        ]
        if let model = exchange.request.model { parts.append(model) }
        if let answer {
            parts.append("\(answer.endAt / 1_000_000) ms")
            parts.append("\(answer.body.count) B in \(answer.pieces.count)")
        }
        if exchange.ending != .complete { parts.append(exchange.ending.rawValue) }
        return parts.joined(separator: "  ")
    }

    /// Replaces a tape: writes the new one beside it, then renames it.
    static func replace(_ path: String, with tape: Tape, redaction: TapeRedaction) throws {
        let place = TapeLocation(path)
        let beside = TapeLocation(path + (place.isFolder ? ".new" : ".new.sqlite"))
        for file in [beside.path, beside.path + "-wal", beside.path + "-shm"] {
            try? FileManager.default.removeItem(atPath: file)
        }
        try write(tape, to: beside, redaction: redaction)
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

    static func write(_ tape: Tape, to place: TapeLocation, redaction: TapeRedaction) throws {
        let appender = try TapeAppender(place, redaction: redaction, key: tape.key)
        for exchange in tape.exchanges { try appender.append(exchange, from: tape.key) }
        try appender.close()
        for line in appender.leftOut { try StandardError.write("sparring: left out: \(line)\n") }
    }
}
