import SparringWire
import Testing

@testable import SparringCassette

@Suite("Files of mitmproxy")
struct MitmproxyFormatTests {
    private static func net(_ text: String, _ letter: String) -> String { "\(text.utf8.count):\(text)\(letter)" }

    private static func dict(_ members: [(String, String)]) -> String {
        net(members.map { net($0.0, ";") + $0.1 }.joined(), "}")
    }

    private static func flow(_ type: String = "http") -> String {
        // In HTTP/2, the header fields include those that replace the request line.
        let first = net(net(":authority", ",") + net("example.org", ","), "]")
        let headers = net(first + net(net("content-type", ",") + net("text/plain", ","), "]"), "]")
        let request = dict([
            ("method", net("POST", ",")), ("path", net("/api/v1/x?a=1", ",")), ("host", net("example.org", ";")),
            ("scheme", net("https", ",")), ("headers", headers), ("content", net("hi", ",")),
            ("timestamp_start", net("1700000000.5", "^")),
        ])
        let response = dict([
            ("status_code", net("201", "#")), ("reason", net("Created", ",")), ("headers", headers),
            ("content", net("done", ",")), ("timestamp_start", net("1700000000.75", "^")),
            ("timestamp_end", net("1700000001.5", "^")),
        ])
        return dict([
            ("type", net(type, ";")), ("request", request), ("error", net("", "~")), ("response", response),
            ("intercepted", net("false", "!")),
        ])
    }

    private static func exchanges(_ text: String, by size: Int) throws -> [ImportedExchange] {
        var splitter = MitmproxyFormat.Splitter()
        var found: [ImportedExchange] = []
        let bytes = Array(text.utf8)
        for start in stride(from: 0, to: bytes.count, by: size) {
            try splitter.take(bytes[start..<min(start + size, bytes.count)]) { flow in
                if let exchange = try MitmproxyFormat.exchange(flow) { found.append(exchange) }
            }
        }
        guard splitter.isAtEnd else { throw ImportMistake("cut") }
        return found
    }

    @Test("Flows of mitmproxy are read one by one, wherever the file is cut", arguments: [1, 7, 64, 1 << 20])
    func flows(size: Int) throws {
        let found = try Self.exchanges(Self.flow() + Self.flow("tcp") + Self.flow(), by: size)
        #expect(found.count == 2)
        let exchange = try #require(found.first)
        #expect(exchange.method == "POST" && exchange.target == "/v1/x?a=1" && exchange.status == 201)
        #expect(exchange.startedAt == 1_700_000_000_500_000_000)
        #expect(exchange.firstByteAt == 250_000_000 && exchange.endAt == 1_000_000_000)
        #expect(exchange.requestHeaders == ["content-type": "text/plain"] && exchange.requestBody == Array("hi".utf8))
        #expect(exchange.body == Array("done".utf8) && exchange.reason == "Created")
    }

    @Test(
        "A malformed flow of mitmproxy is rejected", arguments: ["hello", "5:abc,", "3:abcX", "1000000000000:"])
    func mistakes(text: String) {
        #expect(throws: ImportMistake.self) { try Self.exchanges(text, by: 3) }
    }

    @Test("A flow with an endless length is rejected")
    func endlessLength() {
        var splitter = MitmproxyFormat.Splitter()
        #expect(throws: ImportMistake.self) { try splitter.take(Array("123456789012".utf8)) { _ in } }
    }
}
