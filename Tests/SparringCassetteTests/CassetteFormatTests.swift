import SparringExchange
import SparringJSON
import SparringWire
import Testing

@testable import SparringCassette

@Suite("File formats of recordings")
struct CassetteFormatTests {
    @Test("Lines of JSON keep 10,000 exchanges without loss")
    func lines() throws {
        for seed in UInt64(0)..<10_000 {
            let generated = CassetteRoundTripTests.Generated(seed: seed)
            let exchange = try #require(try RecordingEncoderTests.recorded(generated.events).exchange)
            let line = CassetteLines.line(exchange).serialized()
            #expect(!line.contains(0x0A))
            #expect(try CassetteLines.exchange(try JSONValue.parse(line)) == exchange, "seed \(seed)")
        }
    }

    @Test(
        "A recording's JSON line with a mistake is rejected with the name of the member",
        arguments: ["ending", "method", "http", "body", "session"])
    func mistakes(member: String) throws {
        let exchange = try #require(
            try RecordingEncoderTests.recorded(CassetteRoundTripTests.Generated(seed: 1).events).exchange)
        var object = try #require(CassetteLines.line(exchange).object)
        object[member] = .some(.array([]))
        #expect(throws: CassetteLines.Mistake(member: member)) { try CassetteLines.exchange(.object(object)) }
    }

    @Test(
        "A recording's JSON line with a number out of range is rejected with the name of the member",
        arguments: ["head_ns", "end_ns", "pieces", "started_ns", "messages"], [Int.max, .min])
    func numbersOutOfRange(member: String, number: Int) throws {
        var line: JSONValue = [
            "session": "default", "number": 1, "started_ns": 1, "method": "POST", "target": "/v1/x", "http": 1,
            "headers": [], "body": "", "ending": "complete",
        ]
        var answer: JSONValue = [
            "status": 200, "http": 1, "reason": "OK", "headers": [], "head_ns": 1, "body": "yes",
            "pieces": [[2, 3]], "end_ns": 3,
        ]
        switch member {
        case "started_ns": line = line.replacing(member, with: .int(number))
        case "messages": line = line.replacing(member, with: [["ns": .int(number), "from": "client", "text": ""]])
        case "pieces": answer = answer.replacing(member, with: [[.int(number), 3]])
        default: answer = answer.replacing(member, with: .int(number))
        }
        line = line.replacing("answer", with: answer)
        #expect(throws: CassetteLines.Mistake(member: member)) { try CassetteLines.exchange(line) }
    }

    @Test("The elements of a JSON array are split wherever the input is cut")
    func splitter() throws {
        let text =
            #"{"x":"\"entries\": [","log":{"v":["entries"],"entries" : [ {"a":"]}\\\"","b":[{}]} , {"c":{}}, [1] ],"z":[{}]}}"#
        let bytes = Array(text.utf8)
        for cut in 0...bytes.count {
            var splitter = ElementSplitter(member: "entries")
            var found: [String] = []
            for piece in [bytes[..<cut], bytes[cut...]] {
                splitter.take(piece) { found.append(String(decoding: $0, as: UTF8.self)) }
            }
            #expect(found == [#"{"a":"]}\\\"","b":[{}]}"#, #"{"c":{}}"#, "[1]"], "cut at \(cut)")
        }
    }

    @Test(
        "Times are read and written in RFC 3339",
        arguments: [
            ("1970-01-01T00:00:00.000Z", Int64(0)), ("2024-02-29T23:59:59.999Z", 1_709_251_199_999_000_000),
            ("2026-11-21T14:01:02.120Z", 1_795_269_662_120_000_000),
        ])
    func times(text: String, nanoseconds: Int64) {
        #expect(UTCTime.nanoseconds(text) == nanoseconds)
        #expect(UTCTime.text(nanoseconds) == text)
        #expect(UTCTime.nanoseconds("2026-11-21T16:01:02.12+02:00") == 1_795_269_662_120_000_000)
        #expect(UTCTime.nanoseconds("yesterday") == nil)
        #expect(UTCTime.httpDate("Sat, 21 Nov 2026 14:01:02 GMT") == 1_795_269_662)
        #expect(UTCTime.httpDate("Sat, 1 Feb 2025 00:00:00 GMT") == 1_738_368_000)
        for text in [
            "", "Sat, 31 Feb 2025 00:00:00 GMT", "Sat, 21 Now 2026 14:01:02 GMT", "21 Nov 2026 25:01:02 GMT 1",
        ] {
            #expect(UTCTime.httpDate(text) == nil)
        }
    }

    @Test("A HAR entry keeps status, headers, bodies and time of an exchange")
    func archive() throws {
        let exchange = try #require(
            try RecordingEncoderTests.recorded([
                RecordingEncoderTests.began(#"{"a":1}"#), RecordingEncoderTests.head("application/json"),
                RecordingEncoderTests.body("{\"é\":2}", at: 3_000_000),
                .ended(.complete, at: .init(nanoseconds: 4_001_000)),
            ]).exchange)
        let back = try #require(try HARFormat.exchange(HARFormat.entry(exchange, host: "https://api.example")))
        #expect(back.url == "https://api.example/v1/x" && back.target == "/v1/x")
        #expect(back.status == 200 && back.body == exchange.answer?.body && back.requestBody == exchange.request.body)
        #expect(back.headers == exchange.answer?.headers && back.requestHeaders == exchange.request.headers)
        #expect(back.endAt == 4_000_000)
    }

    @Test("A VCR.py cassette is read with header values in lists or alone")
    func vcr() throws {
        let text = """
            interactions:
            - request:
                body: '{"model": "m"}'
                headers: { accept: ["a", "b"], authorization: [Bearer secret] }
                method: POST
                uri: https://example.openai.azure.com/openai/v1/chat/completions?x=1
              response:
                body: { string: "data: 1\\n\\ndata: 2\\n\\n" }
                headers: { Content-Type: [text/event-stream], Content-Encoding: gzip }
                status: { code: 200, message: OK }
            - request: { body: null, headers: {}, method: GET, uri: "https://x/v1/models" }
              response: { body: { string: "" }, headers: {}, status: { code: 404, message: Not Found } }
            version: 1
            """
        let exchanges = try ImportedFile(document: Array(text.utf8)).exchanges
        #expect(exchanges.map(\.target) == ["/openai/v1/chat/completions?x=1", "/v1/models"])
        #expect(exchanges[0].requestHeaders == ["accept": "a", "accept": "b", "authorization": "Bearer secret"])
        #expect(exchanges[1].requestBody.isEmpty && exchanges[1].status == 404)
        let recorded = try #require(try RecordingEncoderTests.recorded(exchanges[0].events(session: "s")).exchange)
        #expect(recorded.request.headers["authorization"] == "Bearer …(masked)")
        #expect(recorded.answer?.headers.contains("content-encoding") == false)
        #expect(throws: ImportMistake.self) { try ImportedFile(document: Array("a: 1".utf8)) }
    }
}
