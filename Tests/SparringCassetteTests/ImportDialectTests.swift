import SparringJSON
import SparringWire
import Testing

@testable import SparringCassette

/// A table of the variants of each format; each row is a file with one recording.
@Suite("Dialects of recording formats")
struct ImportDialectTests {
    private static let request = "request: { method: post, uri: 'https://x/v1/a', body: 'hi', headers: {} }"
    private static let ok = "status: { code: 200, message: OK }"

    @Test(
        "A VCR.py body is read in the form of each serializer",
        arguments: [
            ("body: 'a'", "a"), ("body: { string: 'a' }", "a"), ("content: 'a'", "a"), ("body: null", ""),
            ("body: { string: null }", ""), ("body: { string: !!python/unicode 'a' }", "a"),
            ("body: { string: 'null' }", "null"), ("body: { base64_string: 'YQ==' }", "a"),
            ("content: !!binary 'YQ=='", "a"), ("body: [a, b]", "ab"),
            ("parsed_body: { a: [1, null, 'x', true] }", #"{"a":[1,null,"x",true]}"#),
            ("body: !!python/object/new:_io.BytesIO { state: !!python/tuple [ !!binary 'YQ==', 0, null ] }", "a"),
        ])
    func python(body: String, text: String) throws {
        let file = try ImportFormatTests.read("interactions:\n- \(Self.request)\n  response: { \(Self.ok), \(body) }\n")
        let exchange = try #require(file.exchanges.first, "\(file.leftOut)")
        #expect(String(decoding: exchange.body, as: UTF8.self) == text)
        let asked = Self.request.replacing("body: 'hi'", with: body.replacing("content", with: "body"))
        let other = try ImportFormatTests.read("interactions:\n- \(asked)\n  response: { \(Self.ok) }\n")
        #expect(String(decoding: other.exchanges.first?.requestBody ?? [], as: UTF8.self) == text)
    }

    @Test(
        "A VCR.py cassette is read in each layout",
        arguments: [
            "interactions:\n- \(request)\n  response: { status: 200 }\n",
            "interactions:\n- \(request)\n  response: { status_code: 200, http_version: HTTP/1.1 }\n",
            "- !ruby/struct:VCR::HTTPInteraction\n  \(request.replacing("post", with: "':post'"))\n  response: { \(ok) }\n",
            "- \(request)\n  response: { \(ok) }\n",
            "requests:\n- { \(request.dropFirst(11).dropLast(2)) }\nresponses:\n- { \(ok) }\n",
        ])
    func layouts(text: String) throws {
        let exchange = try #require(try ImportFormatTests.read(text).exchanges.first)
        #expect(exchange.status == 200 && exchange.method == "POST" && exchange.requestBody == Array("hi".utf8))
    }

    @Test("Header fields are read from mappings and from lines")
    func headers() throws {
        let headers = "['A: 1', \"b:2\\r\\n\"]"
        let text = "interactions:\n- \(Self.request)\n  response: { \(Self.ok), headers: \(headers) }\n"
        #expect(try ImportFormatTests.read(text).exchanges.first?.headers == ["A": "1", "b": "2"])
        let pairs = text.replacing(
            headers, with: "!!python/object/apply:x.CIMultiDict [[!!python/tuple [A, 1], [b, '2']]]")
        #expect(try ImportFormatTests.read(pairs).exchanges.first?.headers == ["A": "1", "b": "2"])
        let null = text.replacing(headers, with: "{ a: null, b: [1, 2] }")
        #expect(try ImportFormatTests.read(null).exchanges.first?.headers == ["b": "1", "b": "2"])
    }

    @Test(
        "A Ruby VCR body is read as the bytes that were sent",
        arguments: [
            ("{ encoding: UTF-8, string: 'é' }", [0xC3, 0xA9]), ("{ encoding: ISO-8859-1, string: 'é' }", [0xE9]),
            ("{ encoding: ASCII-8BIT, string: !binary '/w==' }", [0xFF]),
            ("{ encoding: ASCII-8BIT, base64_string: \"/w==\\n\" }", [0xFF]),
            ("{ encoding: US-ASCII, string: '' }", []),
            ("'a'", [0x61]), ("null", []),
        ] as [(String, [UInt8])])
    func ruby(body: String, bytes: [UInt8]) throws {
        let text = """
            ---
            http_interactions:
            - request: { method: post, uri: 'https://x/v1/a', body: \(body), headers: { Authorization: [Bearer <KEY>] } }
              response: { status: { code: 201, message: Created }, headers: { A: [b] }, body: \(body), http_version: null }
              recorded_at: Sat, 27 Apr 2024 20:48:40 GMT
            recorded_with: VCR 6.2.0
            """
        let exchange = try #require(try ImportFormatTests.read(text).exchanges.first)
        #expect(exchange.body == bytes && exchange.requestBody == bytes && exchange.method == "POST")
        #expect(exchange.startedAt == 1_714_250_920_000_000_000 && exchange.reason == "Created")
    }

    @Test(
        "A Go duration is parsed in every unit",
        arguments: [
            ("812ms", 812_000_000), ("1.5s", 1_500_000_000), ("1m2s", 62_000_000_000), ("1h0m0.5s", 3_600_500_000_000),
            ("3µs", 3000), ("7ns", 7), ("42", 42), ("0s", 0), ("", nil), ("soon", nil), ("1x", nil),
        ] as [(String, Int64?)])
    func durations(text: String, nanoseconds: Int64?) {
        #expect(GoVCRDuration.nanoseconds(text) == nanoseconds)
    }

    @Test("A go-vcr form without a body is encoded from its fields")
    func goForm() throws {
        let text = """
            version: 1
            interactions:
            - request:
                body: ""
                form: { a: ["x y"], b: ["1", "é"] }
                headers: { Content-Type: [application/x-www-form-urlencoded] }
                url: https://x/v1/a
                method: POST
              response: { body: "{}", headers: {}, status: 404 Not Found, code: 404, duration: "" }
            """
        let exchange = try #require(try ImportFormatTests.read(text).exchanges.first)
        #expect(String(decoding: exchange.requestBody, as: UTF8.self) == "a=x+y&b=1&b=%C3%A9")
        #expect(exchange.reason == "Not Found" && exchange.status == 404)
    }

    @Test(
        "A body in a HAR is read in the form of each recorder",
        arguments: [
            (#"{"text":"a"}"#, "a"), (#"{"text":"YQ==","encoding":"base64"}"#, "a"),
            (#"{"text":"[\"YQ==\",\"Yg==\"]","encoding":"base64"}"#, "ab"),
            (#"{"text":"6162","_isBinary":true}"#, "ab"),
            (#"{"text":"[\"61\",\"62\"]","encoding":"hex"}"#, "ab"), (#"{"text":"[\"61\"]"}"#, #"["61"]"#), ("{}", ""),
        ])
    func archive(content: String, text: String) throws {
        let entry =
            #"{"request":{"method":"GET","url":"https://x/v1/a"},"response":{"status":200,"content":\#(content)}}"#
        for document in [#"{"log":{"entries":[\#(entry)]}}"#, "log:\n  _recordingName: t\n  entries:\n  - \(entry)\n"] {
            let exchange = try #require(try ImportFormatTests.read(document, ending: "har").exchanges.first)
            #expect(String(decoding: exchange.body, as: UTF8.self) == text)
        }
    }

    @Test(
        "A request in a HAR is read in the form of each recorder",
        arguments: [
            (#"{"text":"a"}"#, "a"), (#"{"text":"YQ==","encoding":"base64"}"#, "a"),
            (#"{"textJSON":{"model":"m","n":1}}"#, #"{"model":"m","n":1}"#),
            (#"{"mimeType":"application/x-www-form-urlencoded","params":[{"name":"a b","value":"c&"}]}"#, "a+b=c%26"),
            (#"{"mimeType":"multipart/form-data; boundary=x","text":"2d2d78"}"#, "--x"),
            (#"{"mimeType":"multipart/form-data; boundary=x","text":"6162"}"#, "6162"),
        ])
    func posted(data: String, text: String) throws {
        let entry: JSONValue = [
            "request": ["method": "POST", "url": "https://x/v1/a", "postData": try JSONValue.parse(Array(data.utf8))],
            "response": ["status": 200],
        ]
        #expect(String(decoding: try #require(try HARFormat.exchange(entry)).requestBody, as: UTF8.self) == text)
    }

    @Test("A request with a binary body survives an export to HAR and an import")
    func binaryRequest() throws {
        let sample = ImportSample(coding: ImportSample.codings[0], kind: .multipart)
        let imported = try #require(
            try ImportFormatTests.read(SampleFormat.all[0].write(sample), ending: "yaml").exchanges.first)
        let recorded = try #require(try RecordingEncoderTests.recorded(imported.events(session: "s")).exchange)
        let back = try #require(try HARFormat.exchange(HARFormat.entry(recorded, host: "https://x")))
        #expect(back.requestBody == sample.requestBody())
    }

    @Test("Line feeds at the end of a httprr file are ignored", arguments: ["", "\n", "\r\n", "\n\n"])
    func httprrEnd(end: String) throws {
        let request = "POST /v1/x HTTP/1.1\r\nHost: api.openai.com\r\nContent-Length: 2\r\n\r\n{}"
        let response = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
        let text = "httprr trace v1\n\(request.utf8.count) \(response.utf8.count)\n\(request)\(response)\(end)"
        let file = try HTTPRRFormat.file(Array(text.utf8))
        #expect(file.exchanges.count == 1 && file.leftOut.isEmpty, "\(file.leftOut)")
    }

    @Test(
        "A damaged or cut-off httprr file is imported up to the damage",
        arguments: ["9 9\nGET", "x y\n", "12", "27 16\nGET https://x/v1/b HTTP/1.1nonsense        "])
    func httprr(rest: String) throws {
        let (request, response) = ("GET https://x/v1/a HTTP/1.1\r\n\r\n", "HTTP/2.0 200 OK\r\nA: b\r\n\r\nhi")
        let text = "httprr trace v1\n\(request.utf8.count) \(response.utf8.count)\n\(request)\(response)"
        let whole = try ImportFormatTests.read(text)
        #expect(whole.exchanges.first?.body == Array("hi".utf8) && whole.exchanges.first?.headers == ["A": "b"])
        let file = try ImportFormatTests.read(text + rest)
        #expect(
            file.exchanges == whole.exchanges && file.leftOut.count == 1 && file.leftOut[0].hasPrefix("exchange 2: "))
    }

    @Test(
        "A WireMock answer is read in each form",
        arguments: [
            (#""body":"a""#, "a"), (#""jsonBody":{"b":[1]}"#, #"{"b":[1]}"#), (#""base64Body":"YQ==""#, "a"),
            (#""bodyFileName":"x/a.json""#, "from a file"), (#""status":200"#, ""),
        ])
    func wireMock(body: String, text: String) throws {
        let mapping =
            #"{"request":{"method":"GET","urlPath":"/v1/a","queryParameters":{"q":{"equalTo":"x y"}}},"response":{\#(body)}}"#
        let files = BodyFiles { $0 == "x/a.json" ? Array("from a file".utf8) : nil }
        for document in [mapping, "[\(mapping)]", #"{"mappings":[\#(mapping)],"meta":{"total":1}}"#] {
            let exchange = try #require(
                try ImportFormatTests.read(document, ending: "json", files: files).exchanges.first)
            #expect(String(decoding: exchange.body, as: UTF8.self) == text && exchange.status == 200)
            #expect(exchange.target == "/v1/a?q=x+y")
        }
    }

    @Test(
        "A WireMock mapping that describes many requests, or no answer, is skipped and reported",
        arguments: [
            #""request":{"urlPattern":"/v1/.*"},"response":{}"#,
            #""request":{"url":"/v1/a","bodyPatterns":[{"matchesJsonPath":"$.a"}]},"response":{}"#,
            #""request":{"url":"/v1/a","bodyPatterns":[{"equalToJson":{"a":"${json-unit.any-string}"}}]},"response":{}"#,
            #""request":{"urlPath":"/v1/a","queryParameters":{"q":{"matches":".*"}}},"response":{}"#,
            #""request":{"url":"/v1/a"},"response":{"fault":"EMPTY_RESPONSE"}"#,
            #""request":{"url":"/v1/a"},"response":{"proxyBaseUrl":"http://x"}"#,
            #""request":{"url":"/v1/a"},"response":{"body":"{{now}}","transformers":["response-template"]}"#,
            #""request":{"url":"/v1/a"},"response":{"bodyFileName":"gone.json"}"#,
        ])
    func patterns(mapping: String) throws {
        let file = try ImportFormatTests.read("{\(mapping)}", ending: "json")
        #expect(file.exchanges.isEmpty && file.leftOut.count == 1)
    }

    @Test("A body of the test agent may begin with `base64:`")
    func agent() throws {
        let text = """
            {"request":{"method":"POST","url":"https://x/v1/a","headers":{"A":"b"},"body":"base64:YQA="},
             "response":{"status":{"code":200,"message":"OK"},"headers":{"C":"d"},"body":"base64:"}}
            """
        let exchange = try #require(try ImportFormatTests.read(text, ending: "json").exchanges.first)
        #expect(exchange.requestBody == [0x61, 0x00] && exchange.body.isEmpty && exchange.headers == ["C": "d"])
    }
}
