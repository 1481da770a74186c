import ArgumentParser
import Foundation
import SparringCassette
import SparringExchange
import SparringJSON
import SparringStore
import SparringWire

struct CassetteList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ls", abstract: "List the exchanges of a cassette, one per line.",
        discussion: """
            A line has the position, session and number, time, request, status, model, duration, and the size and \
            number of pieces; for a WebSocket, the number of messages. For an exchange that was cut off, the line also \
            says how the exchange ended.

              sparring cassette ls cassette.sqlite
              sparring cassette ls cassette.sqlite --json
            """)

    @Argument(help: "The cassette.", completion: .file()) var cassette: String
    @Flag(help: "Print one JSON object per line, without bodies.") var json = false

    func run() async throws {
        for (position, exchange) in zip(1..., try CassetteLocation(cassette).read().exchanges) {
            guard json else {
                try StandardOutput.print(CassetteFile.line(position, exchange))
                continue
            }
            let object: JSONValue = [
                "position": .int(position), "session": .string(exchange.session), "number": .int(exchange.number),
                "started": .string(UTCTime.text(exchange.startedAt)), "method": .string(exchange.request.method),
                "target": .string(exchange.request.target), "model": .string(orNull: exchange.request.model),
                "status": exchange.answer.map { .int($0.status) } ?? .null,
                "ending": .string(exchange.ending.rawValue),
            ]
            try StandardOutput.print(object.text())
        }
    }
}

struct CassetteShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show an exchange: the request, the answer, and the time of each piece or message.",
        discussion: """
              sparring cassette show cassette.sqlite 3
              sparring cassette show cassette.sqlite default#3
            """)

    @Argument(help: "The cassette.", completion: .file()) var cassette: String
    @Argument(help: "The exchange: its position in the cassette, or session#number.") var exchange: String

    func run() async throws {
        let shown = try CassetteFile.exchange(exchange, in: try CassetteLocation(cassette).read())
        var lines = ["\(shown.request.method) \(shown.request.target) HTTP/1.\(shown.request.minorVersion)"]
        lines += shown.request.headers.fields.map { "\($0.name): \($0.value)" }
        lines += ["", Self.text(shown.request.body), ""]
        if let answer = shown.answer {
            lines.append(
                "HTTP/1.\(answer.minorVersion) \(answer.status) \(answer.reason)   after \(Self.ms(answer.headAt))")
            lines += answer.headers.fields.map { "\($0.name): \($0.value)" }
            lines.append("")
            lines += shown.isSocket ? shown.messages.map(Self.line) : Self.pieces(of: answer)
            lines.append("\(shown.ending.rawValue)   after \(Self.ms(answer.endAt))")
        } else {
            lines.append("no answer: \(shown.ending.rawValue)")
        }
        try StandardOutput.print(lines.joined(separator: "\n"))
    }

    private static func line(_ message: RecordedMessage) -> String {
        "[\(ms(message.at))] \(message.sender.rawValue): \(message.words)"
    }

    /// Prints a stream piece by piece, and any other body as a whole.
    private static func pieces(of answer: RecordedAnswer) -> [String] {
        guard answer.isStream, answer.plainBody == answer.body else { return [text(answer.plainBody), ""] }
        var offset = 0
        return answer.pieces.flatMap { piece in
            defer { offset += piece.count }
            let bytes = Array(answer.body[offset..<(offset + piece.count)])
            return ["[\(ms(piece.at))]", text(bytes)]
        }
    }

    private static func ms(_ nanoseconds: Int64) -> String { "\(Double(nanoseconds / 10_000) / 100) ms" }

    private static func text(_ bytes: [UInt8]) -> String {
        String(validating: bytes, as: UTF8.self)?.trimmingCharacters(in: .newlines)
            ?? "(\(bytes.count) bytes, not UTF-8 text)"
    }
}

struct CassetteExplain: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Show which recordings match a request, and why the others do not.",
        usage: "sparring cassette explain <cassette> <request> [OPTIONS]",
        discussion: """
            REQUEST.json has the body of a request.

              sparring cassette explain cassette.sqlite request.json
              sparring cassette explain cassette.sqlite request.json --ignore '$.user'
              sparring cassette explain cassette.sqlite r.json --target /v1/responses
            """)

    @Argument(help: "The cassette.", completion: .file()) var cassette: String
    @Argument(help: "A file with the request's body.", completion: .file()) var request: String
    @Option(help: "The request's target.") var target = "/v1/chat/completions"
    @Option(help: "The request's method.") var method = "POST"
    @Option(help: "The session of the request.") var session = "default"
    @OptionGroup var replay: ReplayOptions

    func run() async throws {
        guard let body = FileManager.default.contents(atPath: request) else {
            throw CommandError("cannot read \(request)", .badFile)
        }
        let settings = try Settings(flags: replay.flags, defaultPort: 0)
        let index = try CassetteFile.index(CassetteLocation(cassette), settings.cassette.matching)
        let asked = Request(method: method, target: target, body: Array(body))
        let explanation = index.explanation(of: asked, session: session)
        try StandardOutput.print(explanation.lines.joined(separator: "\n"))
        if !explanation.isAnswered { throw ExitCode(1) }
    }
}

struct CassetteDiff: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff", abstract: "Compare two cassettes: missing exchanges and different answers.",
        usage: "sparring cassette diff <first> <second> [OPTIONS]",
        discussion: """
            Pairs the requests by the rules that a replay uses to match them. The exit code is 1 if the cassettes \
            differ.

              sparring cassette diff before.sqlite after.sqlite
            """)

    @Argument(help: "The first cassette.", completion: .file()) var first: String
    @Argument(help: "The second cassette.", completion: .file()) var second: String
    @OptionGroup var replay: ReplayOptions

    func run() async throws {
        let settings = try Settings(flags: replay.flags, defaultPort: 0)
        let a = try CassetteFile.index(CassetteLocation(first), settings.cassette.matching)
        let lines = try CassetteComparison.lines(
            a, try CassetteFile.index(CassetteLocation(second), settings.cassette.matching))
        guard !lines.isEmpty else {
            return try StandardOutput.print("no difference in \(Counted.exchanges(a.cards.count))")
        }
        try StandardOutput.print(lines.joined(separator: "\n"))
        throw ExitCode(1)
    }
}
