import SparringWire
import Testing

@testable import SparringExchange

/// Tests invented credentials of every format, in every place of a message.
@Suite("Secrets of every format")
struct SecretsTests {
    /// Keys in the API's format, which are masked in every place.
    static let keys = [
        "sk-0a1B2c3D4e5F6g7H8i9J", "sk-proj-0a1B2c3D4e5F_6g7H-8i9J", "sk-svcacct-0a1B2c3D4e5F6g7H8i9J",
        "sk-admin-0a1B2c3D4e5F6g7H8i9J",
    ]
    /// Keys of Azure: 32 hexadecimal digits, and 84 letters and digits.
    static let azureKeys = [
        "0f1e2d3c4b5a69788796a5b4c3d2e1f0",
        String(repeating: "Ab3dEf6hIj9lM", count: 4) + "JQQJ99" + String(repeating: "BAACYe", count: 4) + "AC",
    ]
    static let others = ["eyJhbGciOiJub25lIn0.eyJzdWIiOiJtZSJ9.c2lnbg", "hunter2!", "correct horse"]

    static let namedPlaces = [
        #"{"api_key":"%"}"#, #"{"a": {"Authorization" : "%"}}"#, #"data: {"x_api_key":"%","n":1}"# + "\n\n",
        #"{"arguments":"{\"password\": \"%\"}"}"#, #"{"client_secret":["%", "%"], "b": 1}"#, #"{"refresh_token":"%"#,
        #"{"OPENAI_API_KEY":"%"}"#,
    ]

    @Test("The value of a member with a secret's name is masked, whatever its type", arguments: namedPlaces)
    func members(place: String) {
        for key in Self.keys + Self.azureKeys + Self.others {
            let masked = String(decoding: Redaction.bytes(Array(Self.fill(place, key).utf8)), as: UTF8.self)
            #expect(masked == Self.fill(place, "…(masked)"))
        }
    }

    @Test(
        "A key is masked in every place of a text",
        arguments: [
            "%", #"{"content":"use % now"}"#, "data: {\"delta\":\"%\"}\n\n", "a=1&b=%&c", "--x\r\n\r\n%\r\n--x--",
            #""\n%""#, "https://x/y?z=%",
        ])
    func keys(place: String) {
        for key in Self.keys {
            let text = Self.fill(place, key)
            #expect(Redaction.text(text) == Self.fill(place, "sk-…(masked)"))
        }
    }

    @Test(
        "A header with a secret's name is masked, whatever its value",
        arguments: [
            "api-key", "X-API-Key", "Ocp-Apim-Subscription-Key", "x-goog-api-key", "Cf-Aig-Authorization",
            "X-Auth-Token",
            "Cookie", "set-cookie", "Authorization",
        ])
    func headers(name: String) {
        for key in Self.keys + Self.azureKeys + Self.others {
            #expect(!Redaction.value(key, ofHeader: name).contains(Self.tail(key)))
        }
    }

    @Test(
        "A credential is recognized by its scheme, its URL or its parameter, and masked",
        arguments: [
            ("curl -H 'X: Bearer 0a1B2c3D4e5F6g7H8i9J'", "curl -H 'X: Bearer …(masked)'"),
            ("Basic bWU6aHVudGVyMg==", "Basic …(masked)"),
            ("https://me:hunter2@example.org/v1", "https://…(masked)@example.org/v1"),
            (#"{"u":"https:\/\/t0ken@example.org\/"}"#, #"{"u":"https:\/\/…(masked)@example.org\/"}"#),
            (#"{"u":"https://x/?a=1&api-key=0f1e&b=2"}"#, #"{"u":"https://x/?a=1&api-key=…(masked)&b=2"}"#),
            (#"{"u":"https://x/?a=1\u0026api_key=0f1e"}"#, #"{"u":"https://x/?a=1\u0026api_key=…(masked)"}"#),
            ("key \(azureKeys[1])", "key …(masked)"),
        ])
    func shapes(text: String, expected: String) { #expect(Redaction.text(text) == expected) }

    @Test(
        "Text that is not a secret is not masked",
        arguments: [
            "Basic understanding of it", "a bearer of bad news, Bearer authentication-is-required", "me@example.org",
            "https://example.org/@me?x=a@b", #"{"api_key":null,"password":{"type":"string"}}"#, "?max_tokens=5&key=v",
            #"{"api_key":"sk-sparring-mine"}"#, "Bearer sk-sparring-a-session-with-digits-0123", #"{"password":"#,
            #"{"prompt_cache_key":"a","token":"b","key":"c"}"#, "0f1e2d3c4b5a69788796a5b4c3d2e1f0",
            "password: see below",
            "c2stbGVhcm4gaXMgYSBsaWJyYXJ5IGZvciBQeXRob24=",
            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk",
        ])
    func harmless(text: String) { #expect(Redaction.text(text) == text) }

    // MARK: Base64

    private static func inBase64(_ text: String, before: [UInt8] = [], isURLSafe: Bool = false) -> String {
        String(decoding: Base64Letters.encoded(before + Array(text.utf8), isURLSafe: isURLSafe), as: UTF8.self)
    }

    @Test(
        "A secret in base64 is masked, and the text around it decodes as before",
        arguments: ["%", #"{"file_data":"data:text/plain;base64,%","n":1}"#, "x\r\n\r\n%\r\n--x"], [false, true])
    func base64(place: String, isURLSafe: Bool) throws {
        for key in Self.keys {
            for before in [[], [0xFF], [0x00, 0x01], [0x80, 0x81, 0x82]] as [[UInt8]] {
                let coded = Self.inBase64("say \(key)?>", before: before, isURLSafe: isURLSafe)
                let expected = Self.inBase64("say sk-…(masked)?>", before: before, isURLSafe: isURLSafe)
                let masked = Redaction.text(Self.fill(place, coded))
                let words = masked.split(whereSeparator: { !$0.isLetter && !$0.isNumber && !"+/-_".contains($0) })
                let letters = try #require(words.map { String($0) }.max { $0.utf8.count < $1.utf8.count })
                let decoded = Base64Letters.decoded(letters.utf8)
                #expect(decoded == Base64Letters.decoded(expected.filter { $0 != "=" }.utf8), "\(masked)")
            }
        }
    }

    @Test("A base64 document is masked by the names of its members, also in lines and encoded twice")
    func packedDocument() {
        let document =
            #"{"api_key":"0f1e2d3c4b5a69788796a5b4c3d2e1f0","text":"a long text that fills a line, or more"}"#
        let once = Self.inBase64(document)
        let lines = once.prefix(76) + "\\r\\n" + once.dropFirst(76)
        for packed in [once, String(lines), Self.inBase64(once)] {
            let masked = Redaction.text("\"\(packed)\"")
            #expect(masked != "\"\(packed)\"")
            var text = String(masked.dropFirst().dropLast())
            while !text.contains("{"), let inner = Base64Letters.decoded(text.filter { $0 != "=" }.utf8) {
                text = String(decoding: inner, as: UTF8.self)
            }
            #expect(text == document.replacing("0f1e2d3c4b5a69788796a5b4c3d2e1f0", with: "…(masked)"))
        }
    }

    // MARK: Forms

    @Test(
        "A field of a form is masked by its name, and by its decoded value",
        arguments: [
            ("api_key=0f1e&model=m", "api_key=…(masked)&model=m"), ("a=1&token=x", "a=1&token=…(masked)"),
            ("u=https%3A%2F%2Fme%3Ahunter2%40example.org&b=2", "u=…(masked)&b=2"), ("a=%20b+c&key", "a=%20b+c&key"),
            ("key=sk-sparring-mine", "key=sk-sparring-mine"),
        ])
    func form(body: String, expected: String) {
        let masked = Redaction.bytes(Array(body.utf8), type: "application/x-www-form-urlencoded; charset=utf-8")
        #expect(String(decoding: masked, as: UTF8.self) == expected)
    }

    @Test("A part of a form is masked by its name, and no other part changes")
    func multipart() {
        func body(_ value: String) -> String {
            "--b\r\nContent-Disposition: form-data; name=\"api_key\"\r\n\r\n\(value)\r\n"
                + "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"password\"\r\n\r\nplain\r\n--b--\r\n"
        }
        let masked = Redaction.bytes(Array(body("two\r\nlines").utf8), type: "multipart/form-data; boundary=b")
        #expect(String(decoding: masked, as: UTF8.self) == body("…(masked)"))
    }

    @Test(
        "A percent-encoded secret in a request target is masked",
        arguments: [
            ("/v1?u=https%3A%2F%2Fme%3Apw%40x", "/v1?u=…(masked)"),
            ("/v1?subscription-key=a", "/v1?subscription-key=…(masked)"),
            ("http://me:pw@x/v1?a=%20b", "http://…(masked)@x/v1?a=%20b"),
        ])
    func target(target: String, expected: String) { #expect(Redaction.target(target) == expected) }

    // MARK: Output of programs

    @Test(
        "Headers and settings with a secret are masked in the output of a program",
        arguments: [
            ("> api-key: 0f1e2d\n> accept: */*", "> api-key: …(masked)\n> accept: */*"),
            ("{'api-key': '0f1e2d', 'accept': '*/*'}", "{'api-key': '…(masked)', 'accept': '*/*'}"),
            (
                "[(b'Authorization', b'Bearer 0f1e'), (b'a', b'b')]",
                "[(b'Authorization', b'Bearer …(masked)'), (b'a', b'b')]"
            ),
            ("AZURE_OPENAI_API_KEY=0f1e2d ok", "AZURE_OPENAI_API_KEY=…(masked) ok"),
            ("Cookie: a=b; c=d", "Cookie: …(masked)"),
            ("Authorization: Bearer sk-sparring-mine", "Authorization: Bearer sk-sparring-mine"),
            ("401 for sk-proj-0a1B2c3D4e5F6g7H8i9J", "401 for sk-…(masked)"), ("all is well: 1=1", "all is well: 1=1"),
        ])
    func output(text: String, expected: String) {
        #expect(Redaction.output(text) == expected)
        #expect(Redaction.output(expected) == expected)
    }

    private static func fill(_ place: String, _ value: String) -> String { place.replacing("%", with: value) }

    private static func tail(_ key: String) -> Substring { key.hasPrefix("sk-") ? key.dropFirst(3) : key[...] }
}
