import SparringCassette
import SparringWire
import Testing

@Suite("Redaction of recordings")
struct CassetteRedactionTests {
    @Test(
        "A redaction rule masks the values that it names and no other byte",
        arguments: [
            (
                "$.metadata.mail", #"{"metadata" : {"mail":"a@b", "x": 1}}"#,
                #"{"metadata" : {"mail":"…(masked)", "x": 1}}"#
            ),
            ("$.list[*].id", #"{"list":[{"id":1},{"id":"2"}]}"#, #"{"list":[{"id":"…(masked)"},{"id":"…(masked)"}]}"#),
            ("$.a", #"{"a":{"b":"c","d":[1]}}"#, #"{"a":{"b":"…(masked)","d":["…(masked)"]}}"#),
            ("/[a-z]+@[a-z]+/", "x me@home y you@home", "x …(masked) y …(masked)"),
            ("$.x", #"data: {"x":"1"}"# + "\n\n", #"data: {"x":"…(masked)"}"# + "\n\n"),
            (
                "$.x", #"{"api_key":"k","X":{"Authorization":"Bearer t"}}"#,
                #"{"api_key":"…(masked)","X":{"Authorization":"…(masked)"}}"#
            ),
            ("$.x", "no JSON, {\"x\":1", "no JSON, {\"x\":1"),
            ("$.x", #"{"x":"sk-proj-0123456789abcdef"}"#, #"{"x":"…(masked)"}"#),
        ])
    func bodies(rule: String, body: String, masked: String) throws {
        let redaction = CassetteRedaction([try CassetteRedaction.rule(rule)])
        #expect(String(decoding: redaction.masked(Array(body.utf8)), as: UTF8.self) == masked)
    }

    @Test("A redaction rule masks text between bytes that are not UTF-8 and keeps those bytes")
    func binary() throws {
        let redaction = CassetteRedaction([try CassetteRedaction.rule("/b+/")])
        #expect(redaction.masked([0xFF, 0x00, 0x62, 0x62, 0xC3]) == [0xFF, 0x00] + Array("…(masked)".utf8) + [0xC3])
    }

    @Test("Redaction also masks headers and targets")
    func heads() throws {
        let redaction = CassetteRedaction(
            try ["header:X-Tenant", "query:sig", "/T[0-9]+/"].map { try CassetteRedaction.rule($0) })
        let headers = redaction.headers(["x-tenant": "acme", "Cookie": "a=b", "y": "see T12", "z": "ok"])
        #expect(headers.fields.map(\.value) == ["…(masked)", "…(masked)", "see …(masked)", "ok"])
        #expect(redaction.target("/v1/T7?sig=abc&token=x&a=1") == "/v1/…(masked)?sig=…(masked)&token=…(masked)&a=1")
    }

    @Test(
        "The text of a redaction rule can be parsed again",
        arguments: ["header:x-a", "query:b", "$.a[*].b", "/a+/"])
    func words(rule: String) throws {
        #expect(CassetteRedaction([try CassetteRedaction.rule(rule)]).words == [rule])
    }

    @Test("An invalid redaction rule is rejected", arguments: ["x", "$", "$.", "/a*/", "/(/", "header:", "//"])
    func mistakes(rule: String) {
        #expect(throws: CassetteRedaction.Mistake.self) { try CassetteRedaction.rule(rule) }
    }
}
