import SparringWire
import Testing

@testable import SparringExchange

@Suite("Redaction")
struct RedactionTests {
    private static let key = "sk-proj-AbC0123456789_xyz-987"

    @Test(
        "A header with a credential keeps its scheme and loses its secret",
        arguments: [
            ("Authorization", "Bearer \(key)", "Bearer sk-…(masked)"),
            ("authorization", "Bearer sk-1", "Bearer sk-…(masked)"),
            ("Authorization", "Basic dXNlcjpwYXNz", "Basic …(masked)"),
            ("Authorization", "hunter2", "…(masked)"),
            ("Authorization", "correct horse battery", "…(masked)"),
            ("Authorization", "Bearer sk-sparring-mine \(key)", "Bearer sk-…(masked)"),
            ("Authorization", "Digest a=1, b=2", "Digest …(masked)"),
            ("Authorization", "Bearer sk-sparring-mine", "Bearer sk-sparring-mine"),
            ("Authorization", "", ""),
            ("Proxy-Authorization", "Basic dXNlcjpwYXNz", "Basic …(masked)"),
            ("API-Key", "0123456789abcdef", "…(masked)"),
            ("X-Api-Key", "sk-1", "sk-…(masked)"),
            ("Cookie", "session=1; other=2", "…(masked)"),
            ("Set-Cookie", "session=1", "…(masked)"),
            (
                "Sec-WebSocket-Protocol", "realtime, openai-insecure-api-key.\(key)",
                "realtime, openai-insecure-api-key.sk-…(masked)"
            ),
            (
                "Sec-WebSocket-Protocol", "realtime, openai-insecure-api-key.ek_0123456789abcdef",
                "realtime, openai-insecure-api-key.…(masked)"
            ),
            ("OpenAI-Organization", "org-1", "org-1"),
            ("User-Agent", "task-runner-with-a-long-name/1", "task-runner-with-a-long-name/1"),
        ])
    func header(name: String, value: String, expected: String) {
        #expect(Redaction.value(value, ofHeader: name) == expected)
    }

    @Test(
        "A target loses the values of secret parameters and every API key",
        arguments: [
            ("/v1/models", "/v1/models"),
            ("/v1/models?limit=2&order=asc", "/v1/models?limit=2&order=asc"),
            ("/v1/models?api_key=hunter2&limit=2", "/v1/models?api_key=…(masked)&limit=2"),
            ("/v1?API_KEY=a", "/v1?API_KEY=…(masked)"),
            ("/v1?api%5Fkey=a&key=&token=\(key)", "/v1?api%5Fkey=…(masked)&key=&token=sk-…(masked)"),
            ("/v1?q=%3D\(key)&x", "/v1?q=%3Dsk-…(masked)&x"),
            ("/\(key)/v1?", "/sk-…(masked)/v1?"),
            ("/v1?key=sk-sparring-mine", "/v1?key=sk-sparring-mine"),
            ("?", "?"), ("", ""), ("/v1?=a&%", "/v1?=a&%"),
        ])
    func target(target: String, expected: String) { #expect(Redaction.target(target) == expected) }

    @Test(
        "Text and bodies lose everything with the format of an API key, and nothing else",
        arguments: [
            (#"{"content":"use \#(key) please"}"#, #"{"content":"use sk-…(masked) please"}"#),
            (key, "sk-…(masked)"),
            ("\(key) \(key)", "sk-…(masked) sk-…(masked)"),
            (#""a\n\#(key)""#, #""a\nsk-…(masked)""#),
            (#""a\u000a\#(key)""#, #""a\u000ask-…(masked)""#),
            ("sk-sparring-a-session-with-a-long-name", "sk-sparring-a-session-with-a-long-name"),
            ("my-\(key)", "my-sk-…(masked)"),
            ("sk-learn and sk-", "sk-learn and sk-"),
            ("risk-management-and-compliance task-force", "risk-management-and-compliance task-force"),
            ("sk-sk-0123456789abcdef", "sk-…(masked)"),
            ("sk-0123456789abcde", "sk-0123456789abcde"),
            ("sk-0123456789abcdef", "sk-…(masked)"),
            ("", ""), ("-", "-"), ("k-", "k-"),
        ])
    func text(text: String, expected: String) {
        #expect(Redaction.text(text) == expected)
        #expect(String(decoding: Redaction.bytes(Array(text.utf8)), as: UTF8.self) == expected)
    }

    @Test(
        "An answer loses its cookies and every API key, even when its head is malformed",
        arguments: [
            (
                "HTTP/1.1 200 OK\r\nset-cookie: a=b\r\nX: 1\r\n\r\n", "{}",
                "HTTP/1.1 200 OK\r\nset-cookie: …(masked)\r\nX: 1\r\n\r\n{}"
            ),
            ("Set-Cookie:\(key)\n\n", "\(key)", "Set-Cookie:…(masked)\n\nsk-…(masked)"),
            ("set-cookie", "", "set-cookie"),
            ("set-cookie: a", "", "set-cookie: …(masked)"),
            ("set-cookie: \n\n", "cookie: in a body", "set-cookie: \n\ncookie: in a body"),
            ("", "", ""),
        ])
    func answer(head: String, body: String, expected: String) {
        let answer = Array((head + body).utf8)
        let masked = Redaction.answer(answer)
        #expect(Redaction.headLength(ofAnswer: answer) == head.utf8.count)
        #expect(String(decoding: masked.bytes, as: UTF8.self) == expected)
        #expect(masked.headLength == Redaction.headLength(ofAnswer: masked.bytes))
    }

    @Test("Redaction leaves bytes that are not UTF-8 unchanged")
    func notText() { #expect(Redaction.bytes([0xFF, 0x00, 0x80]) == [0xFF, 0x00, 0x80]) }

    @Test("Redacted header fields keep their order and spelling")
    func fields() {
        let masked = Redaction.headers(["Host": "a", "AUTHORIZATION": "Bearer secret", "host": "b"])
        #expect(masked == ["Host": "a", "AUTHORIZATION": "Bearer …(masked)", "host": "b"])
    }
}
