import SparringExchange
import SparringJSON
import SparringWire
import Testing

@testable import SparringCassette

@Suite("Recordings whose publisher masked the URI")
struct MaskedTargetTests {
    private static let hello = #"{"model":"m","input":"hello"}"#

    /// A cassette of VCR.py.
    private static func file(uri: String, _ recordings: [(method: String, body: String, answer: String)]) -> String {
        let interactions = recordings.map { method, body, answer in
            """
            - request: { method: \(method), uri: '\(uri)', body: '\(body)', headers: {} }
              response: { status: { code: 200, message: OK }, headers: { content-type: [text/plain] }, body: { string: '\(answer)' } }
            """
        }
        return "interactions:\n" + interactions.joined(separator: "\n") + "\nversion: 1\n"
    }

    private static func index(_ text: String, _ matching: CassetteMatching = CassetteMatching()) throws -> CassetteIndex
    {
        let exchanges = try ImportFormatTests.read(text).exchanges.map { imported in
            try #require(try RecordingEncoderTests.recorded(imported.events(session: "s")).exchange)
        }
        return try CassetteIndex(
            Cassette(key: RecordingEncoderTests.key, exchanges: exchanges), matching: matching)
    }

    private static func ask(
        _ responder: ReplayResponder, _ path: String, _ body: String, method: String = "POST"
    ) -> (status: Int, text: String) {
        let answer = responder.respond(
            to: Request(method: method, target: path, body: Array(body.utf8)), connection: 1,
            now: Moment(nanoseconds: 0))
        let text = String(decoding: answer.script.bytes, as: UTF8.self)
        // The answer's head, then its only chunk: its size, its bytes and the end of the body.
        let chunk = text.split(separator: "\r\n\r\n").dropFirst().first?.split(separator: "\r\n") ?? []
        return (answer.exchange.decision.status, chunk.dropFirst().first.map(String.init) ?? "")
    }

    private static func replay(_ index: CassetteIndex) -> ReplayResponder {
        ReplayResponder(index, timeScale: 0, wallClock: { 0 })
    }

    @Test(
        "A masked URI is imported as the mask alone",
        arguments: [
            "**REDACTED**", "https://**REDACTED**", "https://api.openai.com/**REDACTED**",
            "https://api.openai.com/v1/**REDACTED**", "https://x.openai.azure.com/openai/v1/**REDACTED**?api-version=1",
        ])
    func masks(uri: String) throws {
        let exchange = try #require(
            try ImportFormatTests.read(Self.file(uri: uri, [("POST", "a", "b")])).exchanges.first)
        #expect(exchange.target == "**REDACTED**" && MaskedTarget.isMask(exchange.target))
    }

    @Test(
        "A URI with a path is not masked, even if a part of it is",
        arguments: [
            ("https://<host>/v1/responses", "/v1/responses"),
            ("https://REDACTED/v1/files/REDACTED", "/v1/files/REDACTED"),
            ("https://api.openai.com/v1/models", "/v1/models"), ("https://api.openai.com/", "/"),
        ])
    func paths(uri: String, target: String) throws {
        let exchange = try #require(
            try ImportFormatTests.read(Self.file(uri: uri, [("POST", "a", "b")])).exchanges.first)
        #expect(exchange.target == target && !MaskedTarget.isMask(target))
    }

    @Test(
        "A recording with a masked URI answers a request with its method and body, whatever the path",
        arguments: CassetteMatching.Rigour.allCases, ["**REDACTED**", "https://<redacted>"])
    func matches(rigour: CassetteMatching.Rigour, uri: String) throws {
        let file = Self.file(uri: uri, [("POST", Self.hello, "one"), ("POST", Self.hello, "two"), ("GET", "", "list")])
        let responder = Self.replay(try Self.index(file, CassetteMatching(rigour: rigour)))
        for answer in ["one", "two"] {
            let found = Self.ask(responder, "/v1/responses", Self.hello)
            #expect(found.status == 200 && found.text == answer, "\(found)")
        }
        #expect(Self.ask(responder, "/v1/models", "", method: "GET").text == "list")
        #expect(Self.ask(responder, "/v1/responses", #"{"model":"m","input":"bye"}"#).status == 400)
        #expect(Self.ask(responder, "/v1/responses", Self.hello, method: "PUT").status == 400)
    }

    @Test("A recording with the request's path answers before a recording with a masked URI")
    func order() throws {
        let masked = Self.file(uri: "**REDACTED**", [("POST", Self.hello, "masked")])
        let known = Self.file(uri: "https://x/v1/responses", [("POST", Self.hello, "known")])
        let rest = known.split(separator: "\n").dropFirst().dropLast().joined(separator: "\n")
        let responder = Self.replay(try Self.index(masked.replacing("version: 1", with: rest)))
        #expect(Self.ask(responder, "/v1/responses", Self.hello).text == "known")
        #expect(Self.ask(responder, "/v1/chat/completions", Self.hello).text == "masked")
    }

    @Test("The message of a missed request names differences of the body, and not the masked URI")
    func miss() throws {
        let index = try Self.index(Self.file(uri: "**REDACTED**", [("POST", Self.hello, "one")]))
        let request = Request(
            method: "POST", target: "/v1/responses", body: Array(#"{"model":"m","input":"bye"}"#.utf8))
        let asked = index.candidates(request, target: request.target, session: "s").request
        let nearest = try #require(index.nearest(to: asked))
        #expect(nearest.differences.map(\.subject) == [.path(CassettePath([.member("input")]))])
        let lines = index.explanation(of: request, session: "s").lines.joined(separator: "\n")
        #expect(lines.contains("s#1 POST **REDACTED**"), "\(lines)")
        let same = Request(method: "POST", target: "/v1/responses", body: Array(Self.hello.utf8))
        #expect(index.explanation(of: same, session: "s").lines.first?.contains("the recording has no path") == true)
    }

    @Test("An archive in the HAR format keeps the mask of a URI")
    func archive() throws {
        let file = Self.file(uri: "**REDACTED**", [("POST", Self.hello, "one")])
        let imported = try #require(try ImportFormatTests.read(file).exchanges.first)
        let recorded = try #require(try RecordingEncoderTests.recorded(imported.events(session: "s")).exchange)
        let entry = HARFormat.entry(recorded, host: "https://api.openai.com")
        #expect(entry["request"]?["url"]?.string?.hasSuffix("/**REDACTED**") == true)
        let again = ImportedExchange(
            method: "POST", url: entry["request"]?["url"]?.string ?? "", requestHeaders: [:], requestBody: [],
            status: 200, reason: "", headers: [:], body: [])
        #expect(again.target == "**REDACTED**")
    }
}
