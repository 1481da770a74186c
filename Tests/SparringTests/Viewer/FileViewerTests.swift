import SparringExchange
import SparringJSON
import SparringWire
import Testing

@testable import Sparring

@Suite("Pages of a file's exchanges")
struct FileViewerTests {
    /// A file with as many exchanges as wanted; every tenth has the status 500.
    private struct File: ViewedFile {
        let name = "run.jsonl"
        let title = "Log run.jsonl"
        let notes: [String] = []
        let count: Int
        /// True if only the last position has an exchange.
        var hasGap = false

        func exchanges(at positions: Range<Int>, for filter: ExchangeFilter?) -> [(position: Int, exchange: Exchange)] {
            positions.filter { !hasGap || $0 == count - 1 }.map { ($0, exchange(at: $0)) }
        }

        private func exchange(at position: Int) -> Exchange {
            var exchange = KeptExchangesTests.exchange(position + 1, body: "hi")
            exchange.decision.status = position % 10 == 0 ? 500 : 200
            return exchange
        }

        func whole(at position: Int) -> KeptExchanges.Kept {
            KeptExchanges.Kept(
                exchange(at: position), requestBytes: 2,
                answer: Array("HTTP/1.1 200 OK\r\n\r\nyes".utf8),
                bodyBytes: 1000)
        }
    }

    private static func viewer(_ count: Int, patience: Duration = .seconds(60)) -> FileViewer {
        FileViewer(
            file: File(count: count), version: nil,
            bounds: FileViewer.Bounds(exchanges: 100, bytes: 1 << 20, block: 7, patience: patience))
    }

    private static func keys(_ page: JSONValue) -> [Int] {
        (page["exchanges"]?.array ?? []).compactMap { $0["key"]?.int }
    }

    @Test("The first page has the newest exchanges, and the pages together have all of them")
    func pages() throws {
        let viewer = Self.viewer(250)
        var before: Int?
        var all: [Int] = []
        repeat {
            let page = try viewer.page(before: before, filter: "")
            all = Self.keys(page) + all
            #expect(page["stored"]?["total"] == 250)
            before = page["stored"]?["older"]?.int
        } while before != nil
        #expect(all == Array(0..<250))
    }

    @Test("A file with a gap of 2⁴⁰ positions is shown at once, and says that there may be older exchanges")
    func gap() throws {
        let viewer = FileViewer(
            file: File(count: 1 << 40, hasGap: true), version: nil, bounds: FileViewer.Bounds(patience: .zero))
        let page = try viewer.page(before: nil, filter: "")
        #expect(Self.keys(page) == [(1 << 40) - 1])
        #expect(page["stored"]?["older"]?.int != nil)
    }

    @Test("A filter looks through the file until the page is full")
    func filter() throws {
        let page = try Self.viewer(2000).page(before: nil, filter: "status:500")
        #expect(Self.keys(page) == Array(stride(from: 1000, to: 2000, by: 10)))
        #expect(page["stored"]?["older"]?.int == 1000)
        let rest = try Self.viewer(2000).page(before: 1000, filter: "status:500")
        #expect(Self.keys(rest) == Array(stride(from: 0, to: 1000, by: 10)))
        #expect(rest["stored"]?["older"]?.isNull ?? false)
        #expect(throws: ExchangeFilter.Problem.self) {
            try Self.viewer(1).page(before: nil, filter: "statuz:5")
        }
    }

    @Test("A search whose time is over returns what it has found, and goes on where it stopped")
    func patience() throws {
        let viewer = Self.viewer(250, patience: .zero)
        var before: Int?
        var (all, parts) = ([Int](), 0)
        repeat {
            let page = try viewer.page(before: before, filter: "status:500")
            #expect(Self.keys(page).count <= 1)
            all = Self.keys(page) + all
            parts += 1
            before = page["stored"]?["older"]?.int
        } while before != nil
        #expect(all == Array(stride(from: 0, to: 250, by: 10)))
        #expect(parts == 36)
        #expect(try Self.keys(viewer.page(before: nil, filter: "")).count == 100, "a page without a filter is full")
    }

    @Test(
        "An exchange has its bodies, and a position outside of the file has none", arguments: [-1, 3])
    func exchange(outside: Int) throws {
        let full = try #require(try Self.viewer(3).exchange(at: 2))
        #expect(full["key"] == 2 && full["body"] == "hi" && full["answer"]?["bytes"] == 22)
        #expect(full["explanation"] == nil)
        #expect(try Self.viewer(3).exchange(at: outside) == nil)
    }

    private static func status(
        _ method: String, _ target: String, _ headers: HeaderFields = ["host": "127.0.0.1:1"]
    ) -> Int {
        let responder = ViewResponder(viewer: viewer(3), wallClock: { 0 })
        let request = Request(method: method, target: target, headers: headers)
        return responder.respond(to: .complete(request), connection: 1, now: Moment(nanoseconds: 0))
            .exchange.decision.status
    }

    @Test(
        "Only the page and its questions are answered, and only for its own origin",
        arguments: [
            ("GET", "/", 200), ("GET", "/_sparring/live?since=0.000", 200),
            ("GET", "/_sparring/exchange?key=1", 200),
            ("GET", "/_sparring/exchange", 400), ("GET", "/_sparring/live?before=x", 400),
            ("GET", "/v1/models", 404),
            ("POST", "/_sparring/reset", 405),
        ])
    func requests(method: String, target: String, status: Int) {
        #expect(Self.status(method, target) == status)
        #expect(Self.status(method, target, ["host": "evil.example"]) == 403)
        #expect(
            Self.status(method, target, ["host": "127.0.0.1:1", "origin": "http://evil.example"]) == 403)
    }
}
