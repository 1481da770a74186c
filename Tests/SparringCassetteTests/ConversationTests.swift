import SparringExchange
import SparringWire
import Testing

@testable import SparringCassette

/// Tests sessions whose identifiers differ from the recorded ones.
@Suite("Conversations with changed identifiers")
struct ConversationTests {
    private static let matching = CassetteMatching(rigour: .conversation)
    private let u1 = "11111111-aaaa-4aaa-8aaa-aaaaaaaaaaaa"
    private let u2 = "22222222-bbbb-4bbb-8bbb-bbbbbbbbbbbb"
    private let u3 = "33333333-cccc-4ccc-8ccc-cccccccccccc"

    private static func answers(_ recordings: [(String, String)], _ asked: [String]) throws -> [String] {
        let index = try ReplayTests.index(recordings.map { ("s", $0.0, $0.1) }, matching)
        return ReplayTests.answers(index, asked.map { ("s", $0) })
    }

    @Test("A replayed conversation matches despite new identifiers, and answers contain the client's own")
    func minted() throws {
        let recordings = [
            (#"{"m":["run \#(u1)"]}"#, #"{"said":"hello \#(u1)"}"#),
            (#"{"m":["run \#(u1)","more at 2026-01-01T00:00:00Z"]}"#, #"{"said":"again \#(u1)"}"#),
        ]
        let asked = [#"{"m":["run \#(u2)"]}"#, #"{"m":["run \#(u2)","more at 2026-11-21T10:11:12Z"]}"#]
        #expect(
            try Self.answers(recordings, asked) == [#"{"said":"hello \#(u2)"}"#, #"{"said":"again \#(u2)"}"#])
        let index = try ReplayTests.index(recordings.map { ("s", $0.0, $0.1) })
        #expect(ReplayTests.answers(index, asked.map { ("s", $0) }) == ["miss", "miss"], "only where it is asked for")
    }

    @Test("A replayed conversation continues with the recording that it began with")
    func threads() throws {
        let recordings = [
            (#"["hi \#(u1)"]"#, "one"), (#"["hi \#(u2)"]"#, "two"), (#"["hi \#(u1)","on"]"#, "one on"),
            (#"["hi \#(u2)","on"]"#, "two on"),
        ]
        let (x, y) = ("aaaaaaaa-1111-4111-8111-111111111111", "bbbbbbbb-2222-4222-8222-222222222222")
        let asked = [#"["hi \#(x)"]"#, #"["hi \#(y)"]"#, #"["hi \#(y)","on"]"#, #"["hi \#(x)","on"]"#]
        #expect(try Self.answers(recordings, asked) == ["one", "two", "two on", "one on"])
    }

    @Test("A replayed conversation accepts server identifiers in any order, but no unknown ones")
    func told() throws {
        let recordings = [
            (#"{"ask":1}"#, #"{"id":"resp_1a"}"#), (#"{"ask":1}"#, #"{"id":"resp_2b"}"#),
            (#"{"previous_response_id":"resp_1a","say":"sun"}"#, #"{"previous_response_id":"resp_1a"}"#),
            (#"{"previous_response_id":"resp_2b","say":"rain"}"#, #"{"previous_response_id":"resp_2b"}"#),
        ]
        // Two agents that got their first answers in the order opposite to that of the recording.
        let asked = [
            #"{"ask":1}"#, #"{"ask":1}"#, #"{"previous_response_id":"resp_2b","say":"sun"}"#,
            #"{"previous_response_id":"resp_1a","say":"rain"}"#,
            #"{"previous_response_id":"resp_9z","say":"sun"}"#,
        ]
        #expect(
            try Self.answers(recordings, asked) == [
                #"{"id":"resp_1a"}"#, #"{"id":"resp_2b"}"#, #"{"previous_response_id":"resp_2b"}"#,
                #"{"previous_response_id":"resp_1a"}"#, "miss",
            ])
    }

    @Test("Identifiers match only the same kind, and one identifier does not match two others")
    func kinds() throws {
        let recordings = [(#"{"a":"\#(u1)","b":"\#(u2)"}"#, "two")]
        #expect(try Self.answers(recordings, [#"{"a":"\#(u2)","b":"\#(u3)"}"#]) == ["two"])
        #expect(try Self.answers(recordings, [#"{"a":"\#(u3)","b":"\#(u3)"}"#]) == ["miss"])
        #expect(try Self.answers(recordings, [#"{"a":"507f1f77bcf86cd799439011","b":"\#(u3)"}"#]) == ["miss"])
        #expect(try Self.answers(recordings, [#"{"a":"other","b":"\#(u3)"}"#]) == ["miss"])
    }

    @Test("A miss suggests --match conversation when only identifiers differ")
    func hint() throws {
        let index = try ReplayTests.index([("s", #"["\#(u1)"]"#, "1")])
        let request = Request(method: "POST", target: "/v1/x", body: Array(#"["\#(u2)"]"#.utf8))
        let lines = index.explanation(of: request, session: "s").lines
        #expect(lines.contains { $0.contains("--match conversation") }, "\(lines)")
        let other = Request(method: "POST", target: "/v1/x", body: Array(#"["else"]"#.utf8))
        #expect(!index.explanation(of: other, session: "s").lines.contains { $0.contains("--match conversation") })
    }

    @Test("An object is matched by the identifier in its path")
    func paths() throws {
        func form(_ target: String) -> ConversationForm {
            ConversationForm(NormalRequest(method: "GET", target: target, headers: [:], body: [], ignored: []))
        }
        #expect(
            form("/v1/files/file_1/content")
                == ConversationForm(
                    NormalRequest(
                        method: "GET", target: "/v1/files/file_1/content", headers: [:], body: [], ignored: [])))
        #expect(form("/v1/files/file_1").fingerprint == form("/v1/files/file_2").fingerprint)
        #expect(form("/v1/files/file_1").identifiers == ["file_1"])
        #expect(form("/v1/files/file_1").fingerprint != form("/v1/files/file_1/content").fingerprint)
        #expect(form("/v1/models/gpt_4").fingerprint != form("/v1/models/gpt_5").fingerprint)
    }
}
