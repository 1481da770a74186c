import SparringAPI
import SparringExchange
import SparringJSON
import SparringWire
import Testing

@testable import Sparring

@Suite("The page with a run inside")
struct StoredPageTests {
    private static let hostile = "</script><img src=x onerror=\"alert(1)\"><!-- <script>"

    /// The page of a server that has received an exchange with this text in every place.
    private static func page(_ text: String, exchanges: Int = 1, most: Int = 200_000_000) async throws -> String {
        let kept = KeptExchanges()
        for number in 1...exchanges {
            var exchange = KeptExchangesTests.exchange(number, body: text)
            exchange.session = text
            exchange.request.target = "/v1/\(text)"
            exchange.request.headers["x-text"] = text
            exchange.decision.unmatched = text
            kept.receive(exchange, played: WireScript(bytes: Array("HTTP/1.1 200 OK\r\n\r\n\(text)".utf8)))
        }
        return try await MockServer.with { server in
            String(decoding: server.page(of: kept, at: 0, most: most), as: UTF8.self)
        }
    }

    /// The text of a block with data.
    private static func block(_ id: String, in page: String) throws -> String {
        let start = try #require(page.firstRange(of: "id=\"\(id)\">")?.upperBound)
        let end = try #require(page[start...].firstRange(of: "</script>")?.lowerBound)
        return String(page[start..<end])
    }

    /// The unpacked lines of the blocks after the script, the oldest first.
    private static func rest(in page: String) throws -> [String] {
        var lines: [String] = []
        for block in page.split(separator: "class=\"rest\" data-first=\"").dropFirst() {
            let text = try #require(block.firstRange(of: "\">").map { block[$0.upperBound...] }).prefix { $0 != "<" }
            let bytes = try #require(Base64.decode(text))
            #expect(bytes.suffix(6) == [0, 0, 0xFF, 0xFF, 3, 0], "the stream has an end")
            let unpacked = try MessageInflater(limit: 1 << 24).inflated(bytes.dropLast(6))
            lines.insert(
                contentsOf: String(decoding: unpacked, as: UTF8.self).split(separator: "\n").map(String.init), at: 0)
        }
        return lines
    }

    @Test("Text of a client cannot leave its block, whatever it looks like")
    func hostile() async throws {
        let page = try await Self.page(Self.hostile)
        #expect(try !Self.block("stored", in: page).contains("<"))
        let row = try JSONValue.parse(try Self.block("stored", in: page))["exchanges"]?[0]
        #expect(row?["session"]?.string == Self.hostile)
        #expect(try JSONValue.parse(try Self.rest(in: page)[0])["body"]?.string == Self.hostile)
        #expect(page.ranges(of: "<script").count == 3 && !page.contains("<img"))
    }

    @Test("The page lets its own style and script run, and asks for nothing")
    func policy() async throws {
        let page = try await Self.page("hi")
        #expect(page.contains("<meta http-equiv=\"content-security-policy\" content=\"default-src 'none';"))
        #expect(page.contains("script-src '\(EmbeddedPage.scriptHash)'"))
        #expect(!StoredPage.policy.contains("unsafe") && !StoredPage.policy.contains("connect-src"))
    }

    @Test("The oldest exchanges that do not fit are left out, and the page says how many")
    func bound() async throws {
        let page = try await Self.page("hi", exchanges: 100, most: 20_000)
        let stored = try JSONValue.parse(try Self.block("stored", in: page))
        let rows = try #require(stored["exchanges"]?.array)
        #expect(rows.count < 100 && rows.last?["number"] == 100)
        #expect(stored["live"]?["stored"]?["missing"]?.int == 100 - rows.count)
        let note = try #require(stored["live"]?["stored"]?["notes"]?[0]?.string)
        #expect(note.hasPrefix("\(100 - rows.count) older exchanges are not in this file"))
        #expect(try Self.rest(in: page).count == rows.count)
    }

    @Test("Secrets in bodies are masked, also behind the place where a body is cut")
    func secrets() async throws {
        let key = "sk-" + "proj-abcdefghijklmnopqrstuvwxyz0123456789ABCDEF"
        let long = String(repeating: "a", count: (64 << 10) - 20) + " \(key) " + String(repeating: "b", count: 9000)
        for text in [key, long] {
            let page = try await Self.page(text)
            #expect(!page.contains("abcdefghijklm"))
            #expect(try Self.rest(in: page).allSatisfy { $0.contains("body") && !$0.contains("abcdefghijklm") })
        }
    }
}
