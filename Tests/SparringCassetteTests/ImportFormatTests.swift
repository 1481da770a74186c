import SparringExchange
import SparringJSON
import SparringWire
import Testing

@testable import SparringCassette

@Suite("Formats of imported recordings")
struct ImportFormatTests {
    /// Imports a file from its bytes.
    static func read(_ bytes: [UInt8], ending: String, files: BodyFiles = BodyFiles()) throws -> ImportedFile {
        switch ImportFormat.shape(of: bytes, ending: ending) {
        case .document, .archive: return try ImportedFile(document: bytes, files: files)
        case .format(.httprr): return try HTTPRRFormat.file(bytes)
        case .format(.mitmproxy):
            var file = ImportedFile()
            var splitter = MitmproxyFormat.Splitter()
            try splitter.take(bytes) { flow in
                if let exchange = try MitmproxyFormat.exchange(flow) { file.exchanges.append(exchange) }
            }
            return file
        case .gzip: return try read(try #require(ContentCoding.decoded(bytes, ["gzip"])), ending: ending)
        case .format: throw ImportedFile.unknown
        }
    }

    static func read(_ text: String, ending: String = "yaml", files: BodyFiles = BodyFiles()) throws -> ImportedFile {
        try read(Array(text.utf8), ending: ending, files: files)
    }

    @Test(
        "Every format is replayed byte for byte, in every coding of the answer and for every kind of request",
        arguments: SampleFormat.all, ImportSample.codings)
    func matrix(format: SampleFormat, coding: ImportSample.Coding) throws {
        for kind in ImportSample.Kind.allCases {
            let sample = ImportSample(coding: coding, kind: kind)
            let isText = [coding.body, sample.requestBody()].allSatisfy { String(validating: $0, as: UTF8.self) != nil }
            guard isText || format.holdsBytes else { continue }
            let file = try Self.read(format.write(sample), ending: format.ending)
            #expect(file.leftOut.isEmpty, "\(kind)")
            let imported = try #require(file.exchanges.first, "\(kind)")
            #expect(imported.startedAt == 1_778_037_180_000_000_000 && imported.target == sample.path, "\(kind)")
            let found = try RecordingEncoderTests.recorded(imported.events(session: "s"))
            let recorded = try #require(found.exchange, "\(kind): \(found.entries)")
            #expect(recorded.answer?.body == coding.body, "\(kind)")
            #expect(recorded.answer?.headers["content-encoding"] == coding.header, "\(kind)")
            #expect(recorded.request.body == sample.requestBody(), "\(kind)")
            let index = try CassetteIndex(
                Cassette(key: RecordingEncoderTests.key, exchanges: [recorded]), matching: CassetteMatching())
            let headers = HeaderFields(sample.requestHeaders(boundary: "other").map { HeaderFields.Field($0.0, $0.1) })
            let request = Request(
                method: sample.method, target: sample.path, headers: headers,
                body: sample.requestBody(boundary: "other"))
            let responder = ReplayResponder(index, timeScale: 0, wallClock: { 0 })
            let answer = responder.respond(to: request, connection: 1, now: Moment(nanoseconds: 0))
            #expect(answer.exchange.decision.status == 200, "\(kind)")
            #expect(Self.body(of: answer.script.bytes) == coding.body, "\(kind)")
        }
    }

    /// The body of an answer, without its framing. Each event of a stream is sent as a separate chunk.
    private static func body(of answer: [UInt8]) -> [UInt8]? {
        guard let end = answer.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
        let head = String(decoding: answer[..<end.lowerBound], as: UTF8.self).lowercased()
        var rest = answer[end.upperBound...]
        guard head.contains("transfer-encoding: chunked") else { return Array(rest) }
        var body: [UInt8] = []
        while let line = rest.firstRange(of: Array("\r\n".utf8)),
            let count = Int(String(decoding: rest[..<line.lowerBound], as: UTF8.self), radix: 16),
            rest.distance(from: line.upperBound, to: rest.endIndex) >= count + 2
        {
            guard count > 0 else { return body }
            body += rest[line.upperBound..<line.upperBound + count]
            rest = rest[(line.upperBound + count + 2)...]
        }
        return nil
    }

    @Test(
        "The format of a file is detected from its content",
        arguments: [
            ("httprr trace v1\n", "txt", .format(.httprr)), ("{ \"log\" : {", "json", .archive),
            ("{}", "har", .document),
            ("3675:9:websocket;", "flow", .format(.mitmproxy)), ("12: a", "yaml", .document),
            ("SQLite format 3\u{0}", "x", .format(.cassette)), ("{}", "jsonl", .format(.lines)),
            ("a: 1", "txt", .document),
            ("", "yaml", .document),
        ] as [(String, String, ImportFormat.Shape)])
    func shapes(head: String, ending: String, shape: ImportFormat.Shape) {
        #expect(ImportFormat.shape(of: Array(head.utf8), ending: ending) == shape)
        #expect(ImportFormat.shape(of: CassetteSecretsTests.gzip(head), ending: ending) == .gzip)
    }

    @Test(
        "A document that is not a recording is rejected with a list of the known formats",
        arguments: ["name: x", "- 1", "{\"a\":1}", "interactions: 3"])
    func unknown(text: String) {
        let mistake = #expect(throws: ImportMistake.self) { try Self.read(text) }
        for format in ImportFormat.allCases { #expect(mistake?.description.contains(format.rawValue) == true) }
    }

    @Test(
        "A document that cannot be read is rejected with the reason",
        arguments: [
            ("", "it is empty"), ("# nothing\n", "it is empty"), ("interactions:\n\t- x", "line 2: "),
            ("interactions: [", "line "),
        ])
    func damaged(text: String, reason: String) {
        let mistake = #expect(throws: ImportMistake.self) { try Self.read(text) }
        #expect(mistake?.description.hasPrefix(reason) == true, "\(String(describing: mistake))")
        #expect(throws: ImportMistake("it is not UTF-8 text")) { try ImportedFile(document: [0x61, 0xFF]) }
    }

    @Test("A recording that cannot be read is reported, and the others in its file are imported")
    func leftOut() throws {
        let good = "{ request: { method: GET, uri: 'https://x/v1/a' }, response: { status: { code: 200 } } }"
        let file = try Self.read("interactions:\n- \(good)\n- { request: {} }\n- \(good)\n")
        #expect(file.exchanges.map(\.target) == ["/v1/a", "/v1/a"])
        #expect(file.leftOut == ["recording 2: line 3: the request or the response is missing"])
    }

    @Test(
        "The path of a recording begins with `/v1` or Azure's `/openai/v1`, whatever its base URL",
        arguments: [
            ("https://api.openai.com/v1/models?a=1#x", "/v1/models?a=1"),
            ("https://proxy/team/v1/models", "/v1/models"),
            ("https://x.openai.azure.com/openai/v1/responses", "/openai/v1/responses"),
            ("https://api.groq.com/openai/v1/chat/completions", "/openai/v1/chat/completions"),
            (
                "https://x.openai.azure.com/openai/deployments/d/chat/completions?api-version=1",
                "/openai/deployments/d/chat/completions?api-version=1"
            ),
            ("https://x", "/"), ("https://x?a=1", "/?a=1"), ("/team/v1/models", "/v1/models"),
            ("https://x/v1/files?u=https://y/v1/z", "/v1/files?u=https://y/v1/z"),
        ])
    func targets(url: String, target: String) {
        let exchange = ImportedExchange(
            method: "post", url: url, requestHeaders: [:], requestBody: [], status: 200, reason: "", headers: [:],
            body: [])
        #expect(exchange.target == target && exchange.method == "POST")
    }
}
