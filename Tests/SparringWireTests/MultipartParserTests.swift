import Testing

@testable import SparringWire

@Suite("The multipart parser")
struct MultipartParserTests {
    /// A part with all its data.
    struct Part: Hashable, CustomStringConvertible {
        var head: MultipartHead
        var data = ""
        var description: String { "\(head.name)|\(head.filename ?? "-")|\(head.contentType ?? "-")|\(data)" }
    }

    struct Row: Sendable, CustomTestStringConvertible {
        var name: String
        var body: String
        var parts: [String]
        var testDescription: String { name }
    }

    static let field = "Content-Disposition: form-data; name=\"purpose\"\r\n\r\n"
    static let file =
        "Content-Disposition: form-data; name=\"file\"; filename=\"a.jsonl\"\r\nContent-Type: text/plain\r\n\r\n"

    static let rows = [
        Row(
            name: "a field and a file",
            body: "--XX\r\n\(field)batch\r\n--XX\r\n\(file){}\n{}\n\r\n--XX--\r\n",
            parts: ["purpose|-|-|batch", "file|a.jsonl|text/plain|{}\n{}\n"]),
        Row(
            name: "a preamble and an epilogue", body: "hello\r\n--XX\r\n\(field)a\r\n--XX--\r\nbye\r\n--XX\r\n",
            parts: ["purpose|-|-|a"]),
        Row(name: "no data", body: "--XX\r\n\(file)\r\n--XX--", parts: ["file|a.jsonl|text/plain|"]),
        Row(
            name: "data that nearly is a boundary",
            body: "--XX\r\n\(field)\r\n--X\r\r\n\r\n--\r\n-\r\n\r\n--XX--",
            parts: ["purpose|-|-|\r\n--X\r\r\n\r\n--\r\n-\r\n"]),
        Row(name: "blanks behind a boundary", body: "--XX \t\r\n\(field)a\r\n--XX--", parts: ["purpose|-|-|a"]),
        Row(
            name: "names with quotes, semicolons and letters of their own",
            body:
                "--XX\r\nContent-Disposition: form-data; name=\"a;\\\"b\"; filename=\"caf\u{e9}%22.txt\"\r\n\r\n\r\n--XX--",
            parts: ["a;\"b|caf\u{e9}\".txt|-|"]),
        Row(
            name: "a name in the extended notation",
            body:
                "--XX\r\ncontent-disposition: form-data; name=f; filename=x; filename*=UTF-8''na%C3%AFve.txt\r\n\r\n1\r\n--XX--",
            parts: ["f|na\u{ef}ve.txt|-|1"]),
    ]

    /// Feeds the body to the parser in pieces that end at these places.
    static func parse(_ body: [UInt8], cutAt places: [Int]) throws -> (parts: [Part], isComplete: Bool) {
        var parser = MultipartParser(boundary: "XX")
        var parts: [Part] = []
        var data: [UInt8] = []
        var start = 0
        for end in places + [body.count] {
            try Array(body[start..<end]).withUnsafeBytes { piece in
                try parser.feed(piece) { token in
                    switch token {
                    case .part(let head): parts.append(Part(head: head))
                    case .data(let bytes): data += bytes
                    case .partEnd:
                        parts[parts.count - 1].data = String(decoding: data, as: UTF8.self)
                        data = []
                    }
                }
            }
            start = end
        }
        return (parts, parser.isComplete)
    }

    @Test("A multipart body is parsed the same whole, byte by byte and cut at every place", arguments: rows)
    func parts(row: Row) throws {
        let body = Array(row.body.utf8)
        let cuts = [[], Array(1..<body.count)] + (1..<body.count).map { [$0] }
        for cut in cuts {
            let (parts, isComplete) = try Self.parse(body, cutAt: cut)
            #expect(parts.map(\.description) == row.parts, "cut at \(cut.prefix(3))")
            #expect(isComplete)
        }
    }

    @Test("The multipart parser keeps binary data unchanged")
    func binary() throws {
        let data = (0..<3000).map { UInt8(truncatingIfNeeded: $0 &* 7 ^ $0 >> 3) }
        var parser = MultipartParser(boundary: "XX")
        var seen: [UInt8] = []
        try (Array("--XX\r\n\(Self.file)".utf8) + data + Array("\r\n--XX--".utf8)).withUnsafeBytes { bytes in
            try parser.feed(bytes) { if case .data(let piece) = $0 { seen += piece } }
        }
        #expect(seen == data)
    }

    @Test(
        "A malformed multipart body is rejected with the reason",
        arguments: [
            ("--XXX\r\n", "a boundary line has text after the boundary"),
            ("--XX\r\nContent-Type: a\r\n\r\n", "a part has no `Content-Disposition: form-data` with a name"),
            ("--XX\r\nnonsense\r\n\r\n", "a line in the head of a part has no colon"),
            ("--XX\r\n" + String(repeating: "a", count: 20_000), "the head of a part is too long"),
        ])
    func problems(body: String, problem: String) {
        #expect(throws: MultipartParser.Problem(problem)) { try Self.parse(Array(body.utf8), cutAt: []) }
    }

    @Test(
        "A multipart body that was cut short is incomplete",
        arguments: ["", "--XX", "--XX\r\n\(field)abc", "--XX\r\n\(field)abc\r\n--XX-"])
    func incomplete(body: String) throws {
        let isComplete = try Self.parse(Array(body.utf8), cutAt: []).isComplete
        #expect(!isComplete)
    }
}
