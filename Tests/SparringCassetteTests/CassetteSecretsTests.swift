import SparringAPI
import SparringExchange
import SparringJSON
import SparringWire
import Testing

@testable import SparringCassette

/// Secrets in a cassette, in every content coding and by every importer.
@Suite("Secrets in a cassette")
struct CassetteSecretsTests {
    static let key = "sk-svcacct-0a1B2c3D4e5F6g7H8i9J"
    static let azureKey = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"
    static let secret = #"{"echo":"\#(key)","api_key":"\#(azureKey)"}"#
    static let masked = #"{"echo":"sk-…(masked)","api_key":"…(masked)"}"#
    static let harmless = #"{"echo":"hello from the tape, and again, and again"}"#

    static func gzip(_ text: String) -> [UInt8] {
        ContentCoding.packed(Array(text.utf8), like: [0x1F, 0x8B, 0x08]) ?? []
    }
    static func zlib(_ text: String) -> [UInt8] { ContentCoding.packed(Array(text.utf8), like: [0x78, 0x9C]) ?? [] }

    static func brotli(_ text: String) -> [UInt8] { brotli(Array(text.utf8)) }

    /// A meta-block that is not compressed, of up to 64 KB, and an empty one (RFC 7932 §9.2).
    static func brotli(_ bytes: [UInt8]) -> [UInt8] {
        let head = (bytes.count - 1) << 4 | 1 << 20
        return [UInt8(head & 0xFF), UInt8(head >> 8 & 0xFF), UInt8(head >> 16)] + bytes + [0x03]
    }

    struct Coding: Sendable, CustomTestStringConvertible {
        /// The value of `Content-Encoding`; nil: no such field.
        var name: String?
        var encode: @Sendable (String) -> [UInt8]
        var testDescription: String { name ?? "undeclared" }
    }

    static let codings = [
        Coding(name: "gzip", encode: gzip), Coding(name: "X-GZIP", encode: gzip), Coding(name: "deflate", encode: zlib),
        Coding(name: "identity, gzip", encode: gzip), Coding(name: "br", encode: brotli),
        Coding(name: "zstd", encode: { Zstandard.stored(Array($0.utf8)) }),
        Coding(name: "gzip, br", encode: { brotli(gzip($0)) }),
        Coding(name: "gzip", encode: { gzip(String($0.prefix(7))) + gzip(String($0.dropFirst(7))) }),
    ]

    private static func events(
        _ body: [UInt8], _ headers: HeaderFields, request: [UInt8] = [], requestHeaders: HeaderFields = [:]
    ) -> [CassetteEvent] {
        let asked = Request(method: "POST", target: "/v1/x", headers: requestHeaders, body: request)
        return [
            .began(asked, target: "/v1/x", session: "a", startedAt: 5, at: Moment(nanoseconds: 1000)),
            .head(
                UpstreamHead(
                    status: 200,
                    headers: HeaderFields([HeaderFields.Field("Content-Type", "application/json")] + headers.fields)),
                at: Moment(nanoseconds: 1010)), .body(body, at: Moment(nanoseconds: 1020)),
            RecordingEncoderTests.complete,
        ]
    }

    @Test(
        "A coded answer in a cassette is decoded and masked if it has a secret, and otherwise kept byte for byte",
        arguments: codings)
    func answers(coding: Coding) throws {
        let headers: HeaderFields = ["Content-Encoding": coding.name ?? "", "Content-Length": "9"]
        let found = try RecordingEncoderTests.recorded(Self.events(coding.encode(Self.secret), headers)).exchange?
            .answer
        let answer = try #require(found)
        #expect(String(decoding: answer.body, as: UTF8.self) == Self.masked)
        #expect(answer.isMasked && !answer.headers.contains("content-encoding"))
        #expect(answer.headers["content-length"] == "\(Self.masked.utf8.count)")
        let clean = try RecordingEncoderTests.recorded(Self.events(coding.encode(Self.harmless), headers)).exchange?
            .answer
        #expect(clean?.body == coding.encode(Self.harmless) && clean?.isMasked == false)
        #expect(clean?.headers["content-encoding"] == coding.name)
    }

    @Test("A coded request with a secret is kept decoded and masked, and the same request finds it", arguments: codings)
    func requests(coding: Coding) throws {
        let headers: HeaderFields = ["Content-Encoding": coding.name ?? ""]
        let sent = coding.encode(Self.secret)
        let found = try RecordingEncoderTests.recorded(
            Self.events([], [:], request: sent, requestHeaders: headers)
        ).exchange
        var exchange = try #require(found)
        #expect(String(decoding: exchange.request.body, as: UTF8.self) == Self.masked)
        #expect(exchange.request.isMasked && !exchange.request.headers.contains("content-encoding"))
        exchange.request.fingerprint = nil
        let index = try CassetteIndex(
            Cassette(key: RecordingEncoderTests.key, exchanges: [exchange]), matching: CassetteMatching())
        let again = Request(method: "POST", target: "/v1/x", headers: headers, body: sent)
        #expect(index.candidates(again, target: "/v1/x", session: "a").indices == [0])
    }

    @Test(
        "A compressed body without a content-encoding stays compressed, and its secret is masked",
        arguments: [
            Coding(name: nil, encode: gzip), Coding(name: nil, encode: zlib),
            Coding(name: nil, encode: { Zstandard.stored(Array($0.utf8)) }),
        ])
    func undeclared(coding: Coding) throws {
        let encode = coding.encode
        for type in ["application/json", "text/event-stream", "application/octet-stream"] {
            var events = Self.events(encode(Self.secret), [:], request: encode(Self.secret))
            events[1] = RecordingEncoderTests.head(type)
            let found = try RecordingEncoderTests.recorded(events).exchange
            let exchange = try #require(found)
            for body in [exchange.request.body, exchange.answer?.body ?? []] {
                #expect(String(decoding: ContentCoding.unpacked(body) ?? [], as: UTF8.self) == Self.masked)
            }
            #expect(exchange.answer?.isMasked == true && exchange.request.isMasked)
        }
    }

    @Test(
        "An exchange with a body that cannot be searched for secrets is not stored",
        arguments: [
            ("br", [0x0B, 0x02, 0x80]), ("zstd", [0x28, 0xB5, 0x2F, 0xFD]),
            ("gzip", [0x1F, 0x8B, 0x08, 0, 0, 0, 0, 0, 0, 3, 0xFF, 0xFF, 0xFF]),
        ]
            as [(String, [UInt8])])
    func closed(coding: String, body: [UInt8]) throws {
        let headers: HeaderFields = ["Content-Encoding": coding]
        for events in [
            Self.events(body, headers), Self.events([], [:], request: body, requestHeaders: headers),
        ] {
            let (exchange, entries) = try RecordingEncoderTests.recorded(events)
            #expect(exchange == nil)
            let reasons = entries.joined().compactMap { if case .dropped(let reason?) = $0 { reason } else { nil } }
            #expect(reasons.contains { $0.contains("'\(coding)' and cannot be searched") }, "\(reasons)")
            #expect(!entries.joined().contains { if case .part = $0 { true } else { false } })
        }
    }

    @Test("A large answer is never cut inside a secret", arguments: [1, 20, 1040, 8190, 8192, 8194, 8220, 9000])
    func bulk(distance: Int) throws {
        let coded = Self.base64(Array("a text that is long enough, with \(Self.key) in it".utf8))
        for secret in [#""password": "\#(String(repeating: "p4 ", count: 500))""#, coded, Self.key] {
            let filler = String(repeating: "x ", count: ((1 << 20) + 2 - distance) / 2)
            let text = filler + secret + String(repeating: " y", count: 2000)
            var events = Self.events([], [:])
            events[1] = RecordingEncoderTests.head("text/plain")
            events[2...2] = [
                RecordingEncoderTests.body(String(text.prefix((1 << 20) + 1)), at: 20),
                RecordingEncoderTests.body(String(text.dropFirst((1 << 20) + 1)), at: 30),
            ]
            let found = try RecordingEncoderTests.recorded(events).exchange?.answer
            let body = String(decoding: try #require(found).body, as: UTF8.self)
            #expect(body.hasPrefix(filler) && body.hasSuffix(String(repeating: " y", count: 2000)))
            #expect(!body.contains("p4") && !body.contains(coded) && !body.contains(Self.key))
        }
    }

    static func base64(_ bytes: [UInt8]) -> String { Base64.text(bytes) }

    @Test("Gzip in a base64 string is masked as a whole if it has a secret, and otherwise kept")
    func packedText() {
        let redaction = CassetteRedaction()
        func body(_ text: String) -> String { #"{"body":"\#(text)"}"# }
        let (secret, clean) = (body(Self.base64(Self.gzip(Self.secret))), body(Self.base64(Self.gzip(Self.harmless))))
        #expect(String(decoding: redaction.masked(Array(clean.utf8)), as: UTF8.self) == clean)
        let masked = String(decoding: redaction.masked(Array(secret.utf8)), as: UTF8.self)
        #expect(masked == body(Self.base64(Array("…(masked)".utf8))))
    }

    @Test("The admin API also masks exchanges by the rules of --redact")
    func exchange() throws {
        let redaction = CassetteRedaction(try Self.rules.map { try CassetteRedaction.rule($0) })
        let exchange = Exchange(
            number: 1, session: "s", connection: 1,
            request: Request(
                method: "POST", target: "/v1/x?api-key=\(Self.azureKey)",
                headers: ["X-Tenant": "acme-corp", "Content-Encoding": "gzip"], body: Self.gzip(Self.secret)),
            decision: Exchange.Decision(endpoint: nil, status: 200), timeline: Timeline())
        let masked = redaction.masked(exchange).request
        #expect(masked.headers == ["X-Tenant": "…(masked)"] && masked.target == "/v1/x?api-key=…(masked)")
        #expect(String(decoding: masked.body, as: UTF8.self) == Self.masked)
    }

    // MARK: Importers

    /// The recording of an imported exchange.
    private static func imported(_ exchange: ImportedExchange, rules: [String] = []) throws -> RecordedExchange {
        let found = try RecordingEncoderTests.recorded(exchange.events(session: "s"), rules: rules).exchange
        return try #require(found)
    }

    private static func expectMasked(_ exchange: RecordedExchange) throws {
        let text = CassetteLines.line(exchange).text()
        for secret in [String(key.dropFirst(3)), azureKey, "hunter2", "acme-corp"] {
            #expect(!text.contains(secret), "\(secret) in \(text)")
        }
        #expect(exchange.request.headers["accept"] == "*/*")
    }

    private static let headers = [
        ("Accept", "*/*"), ("Authorization", "Bearer \(key)"), ("api-key", azureKey), ("Cookie", "a=hunter2"),
        ("X-Tenant", "acme-corp"), ("Proxy-Authorization", "Basic bWU6aHVudGVyMg=="),
    ]
    private static let url = "https://me:hunter2@example.org/v1/x?api-key=\(azureKey)&a=1"
    private static let rules = ["header:x-tenant"]

    @Test(
        "The VCR.py importer reads binary bodies and aiohttp header names from YAML tags",
        arguments: [true, false])
    func vcr(isTagged: Bool) throws {
        let names = Self.headers.map { name, value in
            isTagged
                ? "? !!python/object/apply:multidict._multidict.istr\n      - \(name)\n      : - '\(value)'"
                : "\(name): ['\(value)']"
        }
        let packed = Self.base64(Self.gzip(Self.secret))
        let text = """
            interactions:
            - request:
                body: !!binary |
                  \(Self.base64(Array(Self.secret.utf8)))
                headers:
                  \(names.joined(separator: "\n      "))
                method: POST
                uri: '\(Self.url)'
              response:
                body:
                  string: !!binary |
                    \(packed.prefix(40))
                    \(packed.dropFirst(40))
                headers: { content-encoding: [gzip], Set-Cookie: ['a=hunter2'] }
                status: { code: 200, message: OK }
            version: 1
            """
        let exchange = try Self.imported(
            try #require(try ImportedFile(document: Array(text.utf8)).exchanges.first), rules: Self.rules)
        try Self.expectMasked(exchange)
        #expect(String(decoding: exchange.request.body, as: UTF8.self) == Self.masked)
        #expect(String(decoding: exchange.answer?.body ?? [], as: UTF8.self) == Self.masked)
        #expect(exchange.request.headers["authorization"] == "Bearer sk-…(masked)")
    }

    @Test("A binary VCR.py body without a secret is imported as it was recorded")
    func vcrBytes() throws {
        for body: [UInt8] in [Self.gzip(Self.harmless), [0xFF, 0xFB, 0x00, 0x10]] {
            let text = """
                interactions:
                - request: { body: null, headers: {}, method: GET, uri: "https://x/v1/y" }
                  response:
                    body: { string: !!binary "\(Self.base64(body))" }
                    headers: { content-encoding: \(body[0] == 0x1F ? "gzip" : "identity"), content-length: '\(body.count)' }
                    status: { code: 200, message: OK }
                """
            let exchange = try Self.imported(try #require(try ImportedFile(document: Array(text.utf8)).exchanges.first))
            #expect(exchange.answer?.body == body && exchange.answer?.isMasked == false)
            #expect(exchange.answer?.headers["content-encoding"] == (body[0] == 0x1F ? "gzip" : "identity"))
        }
    }

    @Test(
        "The VCR.py importer rejects a header without a name and invalid binary data",
        arguments: ["{ ? [] : a }", "{ a: !!binary '*' }"])
    func vcrMistakes(headers: String) throws {
        let text = """
            interactions:
            - request: { body: null, headers: \(headers), method: GET, uri: "https://x/v1/y" }
              response: { body: { string: "" }, headers: {}, status: { code: 200, message: OK } }
            """
        let file = try ImportedFile(document: Array(text.utf8))
        #expect(file.exchanges.isEmpty && file.leftOut.first?.hasPrefix("recording 1: line 2: ") == true, "\(file)")
    }

    @Test(
        "The HAR importer masks text and base64 bodies, whatever coding their headers name",
        arguments: ["gzip", "br", nil] as [String?])
    func archive(coding: String?) throws {
        let fields = Self.headers.map { name, value -> JSONValue in ["name": .string(name), "value": .string(value)] }
        let coded: [JSONValue] = coding.map { [["name": "content-encoding", "value": .string($0)]] } ?? []
        for isBase64 in [false, true] {
            let content: JSONValue =
                isBase64
                ? ["text": .string(Self.base64(Array(Self.secret.utf8))), "encoding": "base64"]
                : ["text": .string(Self.secret)]
            let entry: JSONValue = [
                "request": [
                    "method": "POST", "url": .string(Self.url), "headers": .array(fields),
                    "postData": ["text": .string(Self.secret)],
                ], "response": ["status": 200, "headers": .array(coded), "content": content],
            ]
            let exchange = try Self.imported(try #require(try HARFormat.exchange(entry)), rules: Self.rules)
            try Self.expectMasked(exchange)
            #expect(String(decoding: exchange.answer?.body ?? [], as: UTF8.self) == Self.masked)
            #expect(exchange.answer?.headers.contains("content-encoding") == false)
        }
    }

    @Test(
        "The mitmproxy importer masks coded bodies, and keeps bodies without a secret unchanged", arguments: codings)
    func mitmproxy(coding: Coding) throws {
        func net(_ bytes: [UInt8], _ letter: String = ",") -> [UInt8] {
            Array("\(bytes.count):".utf8) + bytes + Array(letter.utf8)
        }
        func text(_ word: String, _ letter: String = ",") -> [UInt8] { net(Array(word.utf8), letter) }
        func fields(_ fields: [(String, String)]) -> [UInt8] {
            net(fields.flatMap { net(text($0.0) + text($0.1), "]") }, "]")
        }
        func flow(_ body: [UInt8]) -> [UInt8] {
            let coded = [("content-encoding", coding.name ?? "")]
            let request = [
                ("method", text("POST")), ("host", text("example.org")),
                ("path", text("/v1/x?api-key=\(Self.azureKey)")),
                ("headers", fields(Self.headers + coded)), ("content", net(body)),
            ]
            let response = [("status_code", text("200", "#")), ("headers", fields(coded)), ("content", net(body))]
            func members(_ members: [(String, [UInt8])]) -> [UInt8] {
                net(members.flatMap { text($0.0, ";") + $0.1 }, "}")
            }
            let flow = members([
                ("type", text("http", ";")), ("request", members(request)), ("response", members(response)),
            ])
            return Array(flow.drop { $0 != UInt8(ascii: ":") }.dropFirst())
        }
        let secret = try #require(try MitmproxyFormat.exchange(flow(coding.encode(Self.secret))))
        let exchange = try Self.imported(secret, rules: Self.rules)
        try Self.expectMasked(exchange)
        #expect(String(decoding: exchange.request.body, as: UTF8.self) == Self.masked)
        #expect(String(decoding: exchange.answer?.body ?? [], as: UTF8.self) == Self.masked)
        let harmless = try #require(try MitmproxyFormat.exchange(flow(coding.encode(Self.harmless))))
        let kept = try Self.imported(harmless).answer
        #expect(kept?.body == coding.encode(Self.harmless) && kept?.headers["content-encoding"] == coding.name)
    }

    @Test(
        "The importer of JSON Lines masks secrets again, because another program may have written the file",
        arguments: ["gzip", nil] as [String?])
    func lines(coding: String?) throws {
        let body = coding == nil ? Array(Self.secret.utf8) : Self.gzip(Self.secret)
        let headers: HeaderFields = coding.map { ["Content-Encoding": $0] } ?? [:]
        let raw = RecordedExchange(
            session: "s", number: 1, startedAt: 0,
            request: RecordedRequest(
                method: "POST", target: "/v1/x?api-key=\(Self.azureKey)",
                headers: HeaderFields(Self.headers.map { HeaderFields.Field($0.0, $0.1) } + headers.fields), body: body),
            answer: RecordedAnswer(
                status: 200, reason: "for \(Self.key)", headers: headers, body: body,
                pieces: [RecordedPiece(at: 1, count: body.count)]), ending: .complete)
        let redaction = CassetteRedaction(try Self.rules.map { try CassetteRedaction.rule($0) })
        let exchange = try CassetteLines.exchange(CassetteLines.line(raw)).masked(by: redaction)
        try Self.expectMasked(exchange)
        #expect(String(decoding: exchange.answer?.body ?? [], as: UTF8.self) == Self.masked)
        #expect(exchange.answer?.pieces.reduce(0) { $0 + $1.count } == exchange.answer?.body.count)
        #expect(try exchange.masked(by: redaction) == exchange)
        var closed = raw
        closed.answer?.body = [0x0B, 0x80]
        closed.answer?.headers = ["Content-Encoding": "br"]
        #expect(throws: UnsearchableBody.self) { try closed.masked(by: redaction) }
    }
}
