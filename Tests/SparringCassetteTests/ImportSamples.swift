import SparringAPI
import SparringExchange
import SparringJSON
import SparringWire
import Testing

@testable import SparringCassette

/// One exchange, for which a file is written in each format. The sample determines the bodies, the coding and the kind of request.
struct ImportSample: Sendable {
    var coding: Coding
    var kind: Kind

    enum Kind: String, Sendable, CaseIterable {
        case json
        case form
        case multipart
        case none
    }

    struct Coding: Sendable, CustomTestStringConvertible {
        var name: String
        /// The value of `Content-Encoding`.
        var header: String?
        var body: [UInt8]
        var isStream = false

        var testDescription: String { name }
    }

    static let answer = Array(
        #"{"id":"chatcmpl-1","object":"chat.completion","created":1778037179,"text":"héllo"}"#.utf8)
    private static let text = String(decoding: answer, as: UTF8.self)
    private static let events = "data: {\"a\":1}\n\ndata: {\"é\":2}\n\ndata: [DONE]\n\n"

    static let codings = [
        Coding(name: "plain", body: answer),
        Coding(name: "gzip", header: "gzip", body: CassetteSecretsTests.gzip(text)),
        Coding(name: "deflate", header: "deflate", body: CassetteSecretsTests.zlib(text)),
        Coding(name: "brotli", header: "br", body: CassetteSecretsTests.brotli(text)),
        Coding(name: "zstd", header: "zstd", body: Zstandard.stored(answer)),
        Coding(name: "base64", body: [0xFF, 0xFB, 0x90, 0x00, 0x0A, 0x80]),
        Coding(name: "events", body: Array(events.utf8), isStream: true),
        Coding(name: "gzip events", header: "gzip", body: CassetteSecretsTests.gzip(events), isStream: true),
    ]

    var method: String { kind == .none ? "GET" : "POST" }
    var path: String { kind == .none ? "/v1/models" : kind == .multipart ? "/v1/files" : "/v1/chat/completions" }
    var url: String { "https://api.openai.com\(path)" }

    /// - Parameter boundary: the boundary of a multipart body.
    func requestBody(boundary: String = "b0") -> [UInt8] {
        switch kind {
        case .json: Array(#"{"model":"m","messages":[{"role":"user","content":"hi"}]}"#.utf8)
        case .form: Array("a=1&b=x+y".utf8)
        case .multipart:
            Array("--\(boundary)\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.wav\"\r\n\r\n".utf8)
                + [0xFF, 0xFE, 0x00, 0x0D, 0x0A] + Array("\r\n--\(boundary)--\r\n".utf8)
        case .none: []
        }
    }

    func requestHeaders(boundary: String = "b0") -> [(String, String)] {
        switch kind {
        case .json: [("Content-Type", "application/json")]
        case .form: [("Content-Type", "application/x-www-form-urlencoded")]
        case .multipart: [("Content-Type", "multipart/form-data; boundary=\(boundary)")]
        case .none: []
        }
    }

    var headers: [(String, String)] {
        let type = coding.isStream ? "text/event-stream" : coding.name == "base64" ? "audio/mpeg" : "application/json"
        var headers = [("Content-Type", type), ("Date", "Wed, 06 May 2026 03:13:00 GMT")]
        if let header = coding.header { headers.append(("Content-Encoding", header)) }
        if coding.isStream { headers.append(("Transfer-Encoding", "chunked")) }
        return headers
    }
}

/// Writes a sample in the format of another tool.
struct SampleFormat: Sendable, CustomTestStringConvertible {
    var name: String
    /// The ending of the names of such files.
    var ending: String
    /// Whether the format can contain a body that is not text.
    var holdsBytes = true
    var write: @Sendable (ImportSample) -> [UInt8]

    var testDescription: String { name }

    static let all: [SampleFormat] = [
        SampleFormat(name: "VCR.py", ending: "yaml", write: python),
        SampleFormat(name: "VCR.py content", ending: "yaml", write: pythonContent),
        SampleFormat(name: "VCR.py JSON", ending: "json", holdsBytes: false, write: pythonJSON),
        SampleFormat(name: "Ruby VCR", ending: "yml", write: ruby),
        SampleFormat(name: "go-vcr 1", ending: "yaml", write: go1),
        SampleFormat(name: "go-vcr 2", ending: "yaml", write: go2),
        SampleFormat(name: "HAR", ending: "har", write: archive),
        SampleFormat(name: "Polly.js", ending: "har", write: polly),
        SampleFormat(name: "httprr", ending: "httprr", write: httprr),
        SampleFormat(name: "dd-apm-test-agent", ending: "json", write: agent),
        SampleFormat(name: "WireMock", ending: "json", write: wireMock),
        SampleFormat(name: "mitmproxy", ending: "mitm", write: mitmproxy),
    ]

    @Sendable private static func python(_ sample: ImportSample) -> [UInt8] {
        yaml(sample, "body: { string: \(scalar(sample.coding.body)) }\n    status: { code: 200, message: OK }")
    }

    @Sendable private static func pythonContent(_ sample: ImportSample) -> [UInt8] {
        yaml(sample, "content: \(scalar(sample.coding.body))\n    status_code: 200")
    }

    @Sendable private static func pythonJSON(_ sample: ImportSample) -> [UInt8] {
        let request: JSONValue = [
            "method": .string(sample.method), "uri": .string(sample.url), "headers": lists(sample.requestHeaders()),
            "body": string(sample.requestBody()),
        ]
        let response: JSONValue = [
            "status": ["code": 200, "message": "OK"], "headers": lists(sample.headers),
            "body": ["string": string(sample.coding.body)],
        ]
        return json(["version": 1, "interactions": [["request": request, "response": response]]])
    }

    @Sendable private static func ruby(_ sample: ImportSample) -> [UInt8] {
        let request: JSONValue = [
            "method": .string(sample.method.lowercased()), "uri": .string(sample.url),
            "headers": lists(sample.requestHeaders()), "body": rubyBody(sample.requestBody()),
        ]
        let response: JSONValue = [
            "status": ["code": 200, "message": "OK"], "headers": lists(sample.headers),
            "body": rubyBody(sample.coding.body),
        ]
        let interaction: JSONValue = [
            "request": request, "response": response, "recorded_at": "Wed, 06 May 2026 03:13:00 GMT",
        ]
        return json(["http_interactions": [interaction], "recorded_with": "VCR 6.2.0"])
    }

    @Sendable private static func agent(_ sample: ImportSample) -> [UInt8] {
        let request: JSONValue = [
            "method": .string(sample.method), "url": .string(sample.url), "headers": pairs(sample.requestHeaders()),
            "body": agentBody(sample.requestBody()),
        ]
        let response: JSONValue = [
            "status": ["code": 200, "message": "OK"], "headers": pairs(sample.headers),
            "body": agentBody(sample.coding.body),
        ]
        return json(["request": request, "response": response])
    }

    @Sendable private static func go1(_ sample: ImportSample) -> [UInt8] { go(sample, version: 1) }
    @Sendable private static func go2(_ sample: ImportSample) -> [UInt8] { go(sample, version: 2) }
    @Sendable private static func archive(_ sample: ImportSample) -> [UInt8] { har(sample) { Base64.text($0) } }

    /// A list of chunks, as text.
    @Sendable private static func polly(_ sample: ImportSample) -> [UInt8] {
        har(sample) { body in
            let chunks: [JSONValue] = [.string(Base64.text(body.prefix(3))), .string(Base64.text(body.dropFirst(3)))]
            return JSONValue.array(chunks).text()
        }
    }

    // MARK: Parts

    static func json(_ value: JSONValue) -> [UInt8] { value.serialized() }

    private static func isText(_ bytes: [UInt8]) -> Bool { String(validating: bytes, as: UTF8.self) != nil }

    private static func string(_ bytes: [UInt8]) -> JSONValue { .string(String(decoding: bytes, as: UTF8.self)) }

    private static func pairs(_ headers: [(String, String)]) -> JSONValue {
        .object(JSONObject(headers.map { JSONObject.Member($0.0, .string($0.1)) }))
    }

    private static func lists(_ headers: [(String, String)]) -> JSONValue {
        .object(JSONObject(headers.map { JSONObject.Member($0.0, [.string($0.1)]) }))
    }

    private static func fields(_ headers: [(String, String)]) -> JSONValue {
        .array(headers.map { ["name": .string($0.0), "value": .string($0.1)] })
    }

    private static func rubyBody(_ bytes: [UInt8]) -> JSONValue {
        isText(bytes)
            ? ["encoding": "UTF-8", "string": string(bytes)]
            : ["encoding": "ASCII-8BIT", "base64_string": .string(Base64.text(bytes))]
    }

    private static func agentBody(_ bytes: [UInt8]) -> JSONValue {
        isText(bytes) ? string(bytes) : .string("base64:" + Base64.text(bytes))
    }

    /// A scalar of YAML.
    private static func scalar(_ bytes: [UInt8]) -> String {
        isText(bytes) ? string(bytes).text() : "!!binary \"\(Base64.text(bytes))\""
    }

    /// - Parameter answer: the status and the body.
    private static func yaml(_ sample: ImportSample, _ answer: String) -> [UInt8] {
        let names = sample.requestHeaders().map { name, value in
            "? !!python/object/apply:multidict._multidict.istr [\(name)]\n      : [\(JSONValue.string(value).text())]"
        }
        let text = """
            interactions:
            - request:
                body: \(scalar(sample.requestBody()))
                headers:
                  \(names.isEmpty ? "{}" : names.joined(separator: "\n      "))
                method: \(sample.method.lowercased())
                uri: \(sample.url)
              response:
                \(answer)
                headers: \(lists(sample.headers).text())
            version: 1
            """
        return Array(text.utf8)
    }

    private static func go(_ sample: ImportSample, version: Int) -> [UInt8] {
        let more = version == 1 ? "" : "proto: HTTP/1.1\n    content_length: 1\n    host: api.openai.com\n    "
        let text = """
            ---
            version: \(version)
            interactions:
            - id: 0
              request:
                \(more)body: \(scalar(sample.requestBody()))
                form: {}
                headers: \(lists(sample.requestHeaders()).text())
                url: \(sample.url)
                method: \(sample.method)
              response:
                \(more)body: \(scalar(sample.coding.body))
                headers: \(lists(sample.headers).text())
                status: 200 OK
                code: 200
                duration: 812ms
            """
        return Array(text.utf8)
    }

    /// - Parameter packed: a request body that is not text.
    private static func har(_ sample: ImportSample, _ packed: ([UInt8]) -> String) -> [UInt8] {
        let (answer, body) = (sample.coding.body, sample.requestBody())
        var content: JSONObject = ["mimeType": "x", "size": 1]
        content["text"] = isText(answer) ? string(answer) : .string(packed(answer))
        if !isText(answer) { content["encoding"] = "base64" }
        var request: JSONObject = [
            "method": .string(sample.method), "url": .string(sample.url), "headers": fields(sample.requestHeaders()),
        ]
        if !body.isEmpty {
            let digits = body.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
            let text: JSONValue = isText(body) ? string(body) : .string(digits)
            request["postData"] = ["mimeType": .string(sample.requestHeaders()[0].1), "text": text]
        }
        let response: JSONValue = [
            "status": 200, "statusText": "OK", "headers": fields(sample.headers), "content": .object(content),
        ]
        let entry: JSONValue = [
            "startedDateTime": "2026-05-06T03:13:00.000Z", "time": 5, "request": .object(request), "response": response,
        ]
        return json(["log": ["version": "1.2", "creator": ["name": "Polly.JS"], "entries": [entry]]])
    }

    private static func message(_ start: String, _ headers: [(String, String)], _ body: [UInt8]) -> [UInt8] {
        let isChunked = headers.contains { $0.0 == "Transfer-Encoding" }
        var framed = body
        if isChunked {
            framed = []
            for chunk in [body.prefix(10), body.dropFirst(10)] {
                framed += "\(String(chunk.count, radix: 16))\r\n".utf8
                framed += chunk
                framed += "\r\n".utf8
            }
            framed += "0\r\n\r\n".utf8
        }
        let lines = headers.map { "\($0.0): \($0.1)\r\n" } + (isChunked ? [] : ["Content-Length: \(body.count)\r\n"])
        return Array((start + "\r\n" + lines.joined() + "\r\n").utf8) + framed
    }

    @Sendable private static func httprr(_ sample: ImportSample) -> [UInt8] {
        let request = message(
            "\(sample.method) \(sample.url) HTTP/1.1", [("Host", "api.openai.com")] + sample.requestHeaders(),
            sample.requestBody())
        let response = message("HTTP/1.1 200 OK", sample.headers, sample.coding.body)
        return Array("httprr trace v1\n\(request.count) \(response.count)\n".utf8) + request + response
    }

    @Sendable private static func wireMock(_ sample: ImportSample) -> [UInt8] {
        let body = sample.requestBody()
        let pattern: JSONValue =
            switch sample.kind {
            case .json: ["equalToJson": string(body), "ignoreArrayOrder": true]
            case .form: ["equalTo": string(body)]
            default: ["binaryEqualTo": .string(Base64.text(body))]
            }
        let headers = sample.requestHeaders().map { JSONObject.Member($0.0, ["equalTo": .string($0.1)]) }
        let answer: JSONObject.Member =
            isText(sample.coding.body)
            ? JSONObject.Member("body", string(sample.coding.body))
            : JSONObject.Member("base64Body", .string(Base64.text(sample.coding.body)))
        let response = JSONObject([
            JSONObject.Member("status", 200), JSONObject.Member("headers", pairs(sample.headers)), answer,
        ])
        return json([
            "mappings": [
                [
                    "request": [
                        "url": .string(sample.path), "method": .string(sample.method),
                        "headers": .object(JSONObject(headers)),
                        "bodyPatterns": body.isEmpty ? [] : [pattern],
                    ], "response": .object(response),
                ]
            ]
        ])
    }

    @Sendable private static func mitmproxy(_ sample: ImportSample) -> [UInt8] {
        func net(_ bytes: [UInt8], _ letter: String = ",") -> [UInt8] {
            Array("\(bytes.count):".utf8) + bytes + Array(letter.utf8)
        }
        func text(_ word: String, _ letter: String = ",") -> [UInt8] { net(Array(word.utf8), letter) }
        func fields(_ fields: [(String, String)]) -> [UInt8] {
            net(fields.flatMap { net(text($0.0) + text($0.1), "]") }, "]")
        }
        func members(_ members: [(String, [UInt8])]) -> [UInt8] {
            net(members.flatMap { text($0.0, ";") + $0.1 }, "}")
        }
        let request = [
            ("method", text(sample.method)), ("host", text("api.openai.com")), ("path", text(sample.path)),
            ("headers", fields(sample.requestHeaders())), ("content", net(sample.requestBody())),
        ]
        let response = [
            ("status_code", text("200", "#")), ("headers", fields(sample.headers)),
            ("content", net(sample.coding.body)),
        ]
        return members([("type", text("http", ";")), ("request", members(request)), ("response", members(response))])
    }
}
