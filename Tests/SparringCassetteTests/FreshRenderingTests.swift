import SparringAPI
import SparringExchange
import SparringWire
import Testing

@testable import SparringCassette

@Suite("Recorded answers with fresh identifiers")
struct FreshRenderingTests {
    private static let recorded = #"""
        {"id": "resp_67ccd2bed1ec8190b14f964abc054267", "created_at": 1700000000, "expires_at": null, "previous": "resp_old",
         "max": 1700000000, "text": "created: 1700000000"}
        """#

    /// The answers to two requests: one for a response, one that continues it.
    private static func told(seed: UInt64, session: String = "s") throws -> [String] {
        let matching = with(CassetteMatching(rigour: .conversation)) { $0.rendering = .fresh }
        let first = Array(#"{"input":"hi"}"#.utf8)
        let second = Array(#"{"previous_response_id":"resp_67ccd2bed1ec8190b14f964abc054267"}"#.utf8)
        let exchanges = [
            (first, recorded), (second, #"{"previous_response_id":"resp_67ccd2bed1ec8190b14f964abc054267"}"#),
        ]
        .enumerated().map { number, pair in
            let body = Array(pair.1.utf8)
            return RecordedExchange(
                session: "s", number: number + 1, startedAt: 1_700_000_000_000_000_000 + Int64(number),
                request: RecordedRequest(method: "POST", target: "/v1/responses", body: pair.0),
                answer: RecordedAnswer(
                    status: 200, reason: "OK",
                    headers: [
                        "Content-Type": "application/json", "Content-Length": String(body.count),
                        "Date": "Tue, 14 Nov 2023 22:13:20 GMT", "X-Request-ID": "req_0123456789abcdef",
                    ], body: body, pieces: [RecordedPiece(at: 1, count: body.count)]), ending: .complete)
        }
        let index = try CassetteIndex(Cassette(key: FingerprintKey(1, 2), exchanges: exchanges), matching: matching)
        let responder = ReplayResponder(index, timeScale: 0, seed: seed, wallClock: { 1_800_000_000_000_000_000 })
        func ask(_ body: [UInt8]) -> String {
            let request = Request(method: "POST", target: "/s/\(session)/v1/responses", body: body)
            let performance = responder.respond(to: request, connection: 1, now: Moment(nanoseconds: 0))
            return String(decoding: performance.script.bytes, as: UTF8.self)
        }
        let answer = ask(first)
        let id = answer.split(separator: "\"id\": \"").last?.prefix { $0 != "\"" } ?? ""
        return [answer, String(id), ask(Array(#"{"previous_response_id":"\#(id)"}"#.utf8)), ask(second)]
    }

    private static func with<Value>(_ value: Value, _ change: (inout Value) -> Void) -> Value {
        var value = value
        change(&value)
        return value
    }

    @Test("A fresh answer has new identifiers and dates, and the next request uses the new identifiers")
    func fresh() throws {
        let told = try Self.told(seed: 1)
        #expect(told[0].contains("x-sparring-rendered: fresh\r\n") && told[0].contains("2027"), "\(told[0])")
        #expect(!told[0].contains("67ccd2bed1ec8190") && !told[0].contains("req_0123456789abcdef"))
        #expect(told[0].contains(#""created_at": 1800000000,"#) && told[0].contains(#""max": 1700000000"#))
        #expect(told[0].contains("created: 1700000000") && told[0].contains(#""expires_at": null"#))
        #expect(told[1].hasPrefix("resp_") && told[1].count == 37)
        #expect(told[2].contains("\"previous_response_id\":\"\(told[1])\""), "\(told[2])")
        #expect(told[3].contains("HTTP/1.1 400"), "the recorded id is unknown now")
    }

    @Test("A fresh answer is the same for the same seed and session only")
    func seeds() throws {
        let first = try Self.told(seed: 1)[1]
        #expect(try Self.told(seed: 1)[1] == first)
        #expect(try Self.told(seed: 2)[1] != first)
        #expect(try Self.told(seed: 1, session: "t")[1] != first)
    }

    @Test(
        "A fresh identifier has the format of the recorded one",
        arguments: [
            "call_Lrs3GTzmwTZ6H8RdYbP6Ff5y", "3f2a8b1c-90ab-4cde-8f01-23456789abcd", "D681PevKs",
            "batch_67ccd2bed1ec8190",
        ])
    func shapes(identifier: String) {
        var mint = IDMint(seed: 1)
        let fresh = FreshRendering.like(identifier, &mint)
        #expect(fresh != identifier && fresh.count == identifier.count)
        let kind = IdentifierPlace.kind(of: Array(identifier.utf8)[...])
        #expect(IdentifierPlace.kind(of: Array(fresh.utf8)[...]) == kind)
        #expect(zip(fresh, identifier).allSatisfy { $0.isNumber == $1.isNumber && $0.isUppercase == $1.isUppercase })
    }

    @Test(
        "The time of an imported recording is its `Date`, or else the creation time in its answer",
        arguments: [
            ("Wed, 06 May 2026 03:13:00 GMT", "{}", 1_778_037_180),
            ("", #"{"id":"x","created":1778037179}"#, 1_778_037_179),
            ("Wed, 06 May 2026 03:13:00 GMT", #"{"created":1778037179}"#, 1_778_037_180),
            ("", #"{"created_at": 1778037179.5}"#, 1_778_037_179),
            ("", "data: {\"response\":{\"created_at\":1778037179}}\n\n", 1_778_037_179),
            ("", "data: {\"created\":1778037179}\n\ndata: [DONE]\n\n", 1_778_037_179),
            ("", #"{"data":[{"created":1686935002}]}"#, 0), ("", #"{"created":12}"#, 0), ("soon", "hi", 0),
        ])
    func recordedTime(date: String, body: String, seconds: Int64) {
        let headers: HeaderFields = date.isEmpty ? [:] : ["date": date]
        for coding in ["", "gzip"] {
            let bytes = coding.isEmpty ? Array(body.utf8) : CassetteSecretsTests.gzip(body)
            let coded = HeaderFields(headers.fields + [HeaderFields.Field("content-encoding", coding)])
            let exchange = ImportedExchange(
                method: "GET", url: "/v1/x", requestHeaders: [:], requestBody: [], status: 200, reason: "",
                headers: coding.isEmpty ? headers : coded, body: bytes)
            #expect(exchange.startedAt == seconds * 1_000_000_000)
        }
    }

    @Test("A fresh answer of a recording without a time has current dates")
    func undated() throws {
        let matching = Self.with(CassetteMatching(rigour: .conversation)) { $0.rendering = .fresh }
        let bodies = [
            #"{"data":[],"expires_at":1700009999}"#, #"{"created":1700000000}"#,
            #"{"data":[],"expires_at":1700009999}"#,
        ]
        let exchanges = bodies.enumerated().map { number, text in
            RecordedExchange(
                session: "s", number: number + 1, startedAt: 0,
                request: RecordedRequest(method: "GET", target: "/v1/\(number)"),
                answer: RecordedAnswer(
                    status: 200, headers: ["Content-Length": "\(text.utf8.count)"], body: Array(text.utf8),
                    pieces: [RecordedPiece(at: 0, count: text.utf8.count)]), ending: .complete)
        }
        let index = try CassetteIndex(Cassette(key: FingerprintKey(1, 2), exchanges: exchanges), matching: matching)
        let responder = ReplayResponder(index, timeScale: 0, wallClock: { 1_800_000_000_000_000_000 })
        let answers = bodies.indices.map { number in
            let answer = responder.respond(
                to: Request(method: "GET", target: "/v1/\(number)"), connection: 1, now: Moment(nanoseconds: 0))
            return String(decoding: answer.script.bytes, as: UTF8.self)
        }
        // The first answer keeps its time, because only the second recording has a date.
        #expect(answers[0].hasSuffix(bodies[0]))
        #expect(answers[1].hasSuffix(#"{"created":1800000000}"#))
        #expect(answers[2].hasSuffix(#""expires_at":1800009999}"#))
    }
}
