import SparringAPI
import SparringExchange
import SparringWire
import Testing

@testable import SparringCassette

@Suite("Replay of recordings")
struct ReplayTests {
    private static let key = FingerprintKey(3, 4)

    /// `(session, body, answer)`
    static func index(
        _ recordings: [(String, String, String)], _ matching: CassetteMatching = CassetteMatching(),
        masked: [String] = []
    ) throws -> CassetteIndex {
        let redaction = CassetteRedaction(try masked.map { try CassetteRedaction.rule($0) })
        let exchanges = recordings.enumerated().map { number, recording in
            let body = Array(recording.1.utf8)
            return RecordedExchange(
                session: recording.0, number: number + 1, startedAt: 0,
                request: RecordedRequest(
                    method: "POST", target: "/v1/x", body: redaction.masked(body),
                    fingerprint: RecordingEncoder.fingerprint("POST", "/v1/x", body, key: key)),
                answer: RecordedAnswer(
                    status: 200, reason: "OK", body: Array(recording.2.utf8),
                    pieces: [RecordedPiece(at: 1, count: recording.2.utf8.count)]),
                ending: .complete)
        }
        return try CassetteIndex(Cassette(key: key, masked: masked, exchanges: exchanges), matching: matching)
    }

    static func answers(_ index: CassetteIndex, _ requests: [(String, String)]) -> [String] {
        let responder = ReplayResponder(index, timeScale: 0, wallClock: { 0 })
        return requests.map { session, body in
            let request = Request(method: "POST", target: "/s/\(session)/v1/x", body: Array(body.utf8))
            let performance = responder.respond(to: request, connection: 1, now: Moment(nanoseconds: 0))
            guard performance.exchange.decision.status == 200 else { return "miss" }
            let text = String(decoding: performance.script.bytes, as: UTF8.self)
            return String(text.split(separator: "\r\n\r\n")[1].split(separator: "\r\n")[1])
        }
    }

    @Test(
        "A repeated request gets the next recording and then follows `repeats`",
        arguments: [
            (CassetteMatching.Repeat.last, ["1", "2", "2", "2"]), (.cycle, ["1", "2", "1", "2"]),
            (.next, ["1", "2", "miss", "miss"]),
        ])
    func repeats(repeats: CassetteMatching.Repeat, expected: [String]) throws {
        let index = try Self.index([("a", "{}", "1"), ("a", "{}", "2")], CassetteMatching(repeats: repeats))
        #expect(Self.answers(index, Array(repeating: ("a", "{}"), count: 4)) == expected)
        #expect(Self.answers(index, Array(repeating: ("other", "{}"), count: 4)) == expected)
    }

    @Test("Each session is answered from its own recordings")
    func sessions() throws {
        let index = try Self.index([("a", "{}", "1"), ("b", "{}", "2"), ("a", "{}", "3")])
        #expect(
            Self.answers(index, [("a", "{}"), ("b", "{}"), ("b", "{}"), ("a", "{}"), ("c", "{}")]) == [
                "1", "2", "2", "3", "1",
            ])
    }

    @Test("A replay matches equal JSON in any spelling, and only equal bytes with `exact`")
    func rigour() throws {
        let recordings = [("a", #"{"a":1,"b":[1.50,"é"],"user":"x"}"#, "1")]
        let same = #"{ "b": [1.5, "\u00e9"], "user": "x", "a": 1.0 }"#
        #expect(Self.answers(try Self.index(recordings), [("a", same)]) == ["1"])
        #expect(Self.answers(try Self.index(recordings, CassetteMatching(rigour: .exact)), [("a", same)]) == ["miss"])
        let other = #"{"a":1,"b":[1.5,"é"],"user":"y","metadata":{"run":7}}"#
        #expect(Self.answers(try Self.index(recordings), [("a", other)]) == ["miss"])
        let ignored = ["$.user", "$.metadata"].compactMap { CassettePath($0) }
        #expect(Self.answers(try Self.index(recordings, CassetteMatching(ignored: ignored)), [("a", other)]) == ["1"])
    }

    @Test("A replay distinguishes requests that differ only in masked secrets")
    func masked() throws {
        let recordings = [("a", #"{"password":"one"}"#, "1"), ("a", #"{"password":"two"}"#, "2")]
        let index = try Self.index(recordings)
        #expect(Self.answers(index, [("a", #"{"password":"two"}"#), ("a", #"{"password":"three"}"#)]) == ["2", "1"])
    }

    @Test("A replay keeps the recorded order with --order")
    func order() throws {
        let index = try Self.index(
            [("a", "[1]", "1"), ("a", "[2]", "2"), ("a", "[1]", "3")], CassetteMatching(keepsOrder: true))
        let asked = [("a", "[2]"), ("a", "[1]"), ("a", "[2]"), ("a", "[1]"), ("a", "[1]")]
        #expect(Self.answers(index, asked) == ["miss", "1", "2", "3", "miss"])
    }

    @Test("A miss reports the nearest recording, the differences and what to ignore")
    func miss() throws {
        let index = try Self.index([("a", #"{"m":[{"c":"x","i":1},2]}"#, "1"), ("a", #"{"z":1}"#, "2")])
        let request = Request(method: "POST", target: "/v1/x", body: Array(#"{"m":[{"c":"y"},2,3]}"#.utf8))
        let asked = index.candidates(request, target: "/v1/x", session: "a").request
        let (nearest, differences) = try #require(index.nearest(to: asked))
        let miss = CassetteMiss(
            reason: .unknown, request: "POST /v1/x", nearest: "a#\(nearest + 1)", differences: differences)
        #expect(miss.nearest == "a#1" && miss.ignore == "$.m[0].c, $.m[0].i, $.m[2]")
        #expect(miss.lines.contains(#"    $.m[0].c   recorded "x"   sent "y""#))
        #expect(miss.lines.contains("    $.m[2]   recorded nothing   sent 3"))
        let paths = try #require(miss.ignore).split(separator: ",").compactMap { CassettePath($0.drop { $0 == " " }) }
        let tolerant = try Self.index([("a", #"{"m":[{"c":"x","i":1},2]}"#, "1")], CassetteMatching(ignored: paths))
        #expect(Self.answers(tolerant, [("a", #"{"m":[{"c":"y"},2,3]}"#)]) == ["1"], "the line does what it says")
    }

    @Test("A replay matches a form with another boundary")
    func boundary() throws {
        func request(_ boundary: String) -> NormalRequest {
            NormalRequest(
                method: "POST", target: "/v1/files",
                headers: ["Content-Type": "multipart/form-data; boundary=\"\(boundary)\""],
                body: Array("--\(boundary)\r\n\r\nx\r\n--\(boundary)--\r\n".utf8), ignored: [])
        }
        #expect(request("abc") == request("xyz"))
    }

    private static func request(
        _ body: String, method: String = "POST", target: String = "/v1/x", type: String = "application/json"
    ) -> NormalRequest {
        NormalRequest(
            method: method, target: target, headers: ["Content-Type": type],
            body: Array(body.replacing("\n", with: "\r\n").utf8), ignored: [])
    }

    @Test("A replay matches a method in any case, and Azure's path of the same operation")
    func places() {
        #expect(Self.request("{}", method: "post") == Self.request("{}"))
        #expect(
            Self.request("{}", target: "/openai/v1/responses?b=1&a=2")
                == Self.request("{}", target: "/v1/responses?a=2&b=1"))
        #expect(Self.request("{}", target: "/openai/files") != Self.request("{}", target: "/files"))
    }

    @Test(
        "A null member of a message matches a missing one; other null members do not",
        arguments: [
            (#"{"messages":[{"role":"assistant","content":null}]}"#, #"{"messages":[{"role":"assistant"}]}"#, true),
            (#"{"messages":[{"refusal":null,"audio":null,"function_call":null}]}"#, #"{"messages":[{}]}"#, true),
            (#"{"messages":[{"content":""}]}"#, #"{"messages":[{}]}"#, false),
            (#"{"messages":[{"content":[{"content":null}]}]}"#, #"{"messages":[{"content":[{}]}]}"#, false),
            (#"{"content":null}"#, "{}", false),
        ])
    func optional(first: String, second: String, isEqual: Bool) {
        #expect((Self.request(first) == Self.request(second)) == isEqual)
        let forms = [first, second].map { ConversationForm(Self.request($0)).fingerprint }
        #expect((forms[0] == forms[1]) == isEqual)
    }

    @Test(
        "Forms are compared by their fields",
        arguments: [
            ("a=1&b=2", "b=2&a=1", true), ("a=1&a=2", "a=2&a=1", false), ("a=1", "a=2", false),
        ])
    func fields(first: String, second: String, isEqual: Bool) {
        let type = "application/x-www-form-urlencoded; charset=utf-8"
        #expect((Self.request(first, type: type) == Self.request(second, type: type)) == isEqual)
    }

    @Test(
        "Multipart bodies are compared by the name, filename, media type and bytes of their parts",
        arguments: [
            ("content-type: Audio/Wav\ncontent-disposition: form-data; filename=\"a\"; name=f\n\nx", true),
            ("Content-Disposition: form-data; name=\"f\"; filename=\"a\"\nContent-Type: audio/wav\nX-Y: z\n\nx", true),
            ("Content-Disposition: form-data; name=\"f\"; filename=\"a\"\nContent-Type: audio/wav\n\ny", false),
            ("Content-Disposition: form-data; name=\"f\"; filename=\"b\"\nContent-Type: audio/wav\n\nx", false),
            ("Content-Disposition: form-data; name=\"g\"; filename=\"a\"\nContent-Type: audio/wav\n\nx", false),
            ("Content-Disposition: form-data; name=\"f\"; filename=\"a\"\n\nx", false),
        ])
    func parts(part: String, isEqual: Bool) {
        let recorded = "Content-Disposition: form-data; name=\"f\"; filename=\"a\"\nContent-Type: audio/wav\n\nx"
        let first = Self.request("--b1\n\(recorded)\n--b1--\n", type: "multipart/form-data; boundary=b1")
        let second = Self.request("--b-2\n\(part)\n--b-2--", type: "multipart/form-data; charset=x; boundary=\"b-2\"")
        #expect((first == second) == isEqual)
        let unnamed = Self.request("--b1\n\(recorded)\n--b1--\n", type: "multipart/form-data")
        let bare = Self.request("--b1\n\(recorded)\n--b1--\n", type: "")
        #expect(unnamed == first && bare == first, "the first line of the body is the boundary")
    }

    @Test("A miss names a recording of the same operation, even if it has another base URL")
    func sameOperation() throws {
        let targets = ["/v1/traces", "/openai/v1/responses", "/openai/deployments/d/chat/completions?api-version=1"]
        let exchanges = targets.enumerated().map { number, target in
            RecordedExchange(
                session: "s", number: number + 1, startedAt: 0,
                request: RecordedRequest(
                    method: "POST", target: target, body: Array(#"{"input":"hi","more":[1,2,3]}"#.utf8)),
                answer: RecordedAnswer(status: 200), ending: .complete)
        }
        let index = try CassetteIndex(Cassette(key: Self.key, exchanges: exchanges), matching: CassetteMatching())
        func nearest(_ target: String) -> String? {
            index.nearest(to: Self.request("{}", target: target)).map { index.cards[$0.index].target }
        }
        #expect(nearest("/v1/responses") == targets[1])
        #expect(nearest("/openai/v1/responses") == targets[1])
        #expect(nearest("/v1/chat/completions") == targets[2])
        #expect(nearest("/v1/traces") == targets[0])
        #expect(exchanges.map(\.request.endpoint) == [nil, .responses, .chatCompletions])
    }
}
