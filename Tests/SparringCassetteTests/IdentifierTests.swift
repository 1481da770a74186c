import SparringWire
import Testing

@testable import SparringCassette

@Suite("Identifiers in recordings")
struct IdentifierTests {
    private static func found(_ text: String) -> [String] {
        let bytes = Array(text.utf8)
        return IdentifierScanner.find(in: bytes[...]).map { item in
            let word = String(decoding: bytes[item.range], as: UTF8.self)
            return switch item.kind {
            case .time: "time \(word)"
            case .identifier(let kind): "\(kind) \(word)"
            }
        }
    }

    @Test(
        "An identifier is found by its format, with its kind",
        arguments: [
            ("run 3f2a8b1c-90ab-4cde-8f01-23456789abcd.", ["uuid 3f2a8b1c-90ab-4cde-8f01-23456789abcd"]),
            ("run-3F2A8B1C-90AB-4CDE-8F01-23456789ABCD", ["run-uuid run-3F2A8B1C-90AB-4CDE-8F01-23456789ABCD"]),
            ("call_Lrs3GTzmwTZ6H8RdYbP6Ff5y", ["call_ call_Lrs3GTzmwTZ6H8RdYbP6Ff5y"]),
            ("<file-6F2ksmvXxt4VdoqmHRw6kL>", ["file- file-6F2ksmvXxt4VdoqmHRw6kL"]),
            (
                "chatcmpl-tool-0123456789abcdef0123456789abcdef",
                [
                    "chatcmpl-tool- chatcmpl-tool-0123456789abcdef0123456789abcdef"
                ]
            ),
            ("507f1f77bcf86cd799439011", ["hex24 507f1f77bcf86cd799439011"]),
            ("01ARZ3NDEKTSV4RRFFQ69G5FAV", ["ulid 01ARZ3NDEKTSV4RRFFQ69G5FAV"]),
            ("V1StGXR8_Z5jdHi6B-myT", ["nanoid V1StGXR8_Z5jdHi6B-myT"]),
            (
                #"{\"id\":\"call_0123456789ab\"}\ncall_9876543210ba"#,
                [
                    "call_ call_0123456789ab", "call_ call_9876543210ba",
                ]
            ),
            ("at 2026-11-21T14:01:02.5Z.", ["time 2026-11-21T14:01:02.5Z"]),
            ("It is 2026-11-21 14:01.", ["time 2026-11-21 14:01"]),
            ("2026-11-21T14:01:02+01:00", ["time 2026-11-21T14:01:02+01:00"]),
        ])
    func shapes(text: String, expected: [String]) {
        #expect(Self.found(text) == expected)
    }

    @Test(
        "Words, models, numbers and names that a person has given are not identifiers",
        arguments: [
            "gpt-4o-mini-2024-07-18", "text-embedding-3-small", "get_weather_forecast_for_city", "2026-11-21",
            "claude-3-5-sonnet-20241022", "test_MyVeryLongClassName", "123456789012345678901234567890", "call_1",
            "a-b-c-d-e-f-g-h-i-j-k-l-m-n-o-p", "user_order_2024_total", "ft:gpt-4o-mini:acme::7qTVM5AR",
        ])
    func words(text: String) {
        #expect(Self.found(text) == [])
    }

    @Test("Identifiers are found by their place in API answers, but not in the author's own data")
    func places() {
        let body = #"""
            {"id": "D681PevKs", "metadata": {"id": "order_17"}, "prompt": {"id": "pmpt_weekly"}, "model": "m",
             "output": [{"call_id": "call_1", "name": "tell_id"}], "file_ids": ["file_7"]}
            """#
        #expect(IdentifierList.of(Array(body.utf8)) == ["D681PevKs", "call_1", "file_7"])
        let stream = "event: e\ndata: {\"item_id\": \"msg_12\"}\n\n: call_0123456789ab\n\ndata: [DONE]\n\n"
        #expect(IdentifierList.of(Array(stream.utf8)) == ["msg_12"])
        let lines = "{\"id\": \"a_1234\"}\n{\"id\": \"b_5678\"}\n"
        #expect(IdentifierList.of(Array(lines.utf8)) == ["a_1234", "b_5678"])
    }

    @Test("Identifiers are renamed as whole words, and the times of pieces stay")
    func renaming() {
        let renaming = Renaming(["call_1": "call_22", "call_22": "call_1", "a-b": "c"])
        let answer = RecordedAnswer(
            status: 200, headers: ["Content-Length": "33"], body: Array("call_1 call_22 call_11 xa-b a-b\nb".utf8),
            pieces: [RecordedPiece(at: 5, count: 4), RecordedPiece(at: 7, count: 29)])
        let renamed = answer.renamed(by: renaming)
        #expect(String(decoding: renamed.body, as: UTF8.self) == "call_22 call_1 call_11 xa-b c\nb")
        #expect(renamed.pieces.map(\.at) == [5, 7])
        #expect(renamed.pieces.reduce(0) { $0 + $1.count } == renamed.body.count)
        #expect(answer.renamed(by: Renaming(["other": "x"])) == answer)
    }
}
