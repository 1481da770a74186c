import SparringEngine
import SparringExchange
import SparringJSON
import SparringWire
import Testing

@testable import Sparring

@Suite("The live page")
struct LivePageTests {
    @Test(
        "A browser gets the page at the root and under /_sparring/, and a client gets the API's answer",
        arguments: [
            ("GET", "/", "text/html,*/*;q=0.8", true), ("HEAD", "/_sparring", "text/html", true),
            ("GET", "/_sparring/", "application/xml, text/html;q=0.9", true), ("GET", "/", "*/*", false),
            ("GET", "/", nil, false), ("POST", "/", "text/html", false), ("GET", "/v1", "text/html", false),
            ("GET", "/_sparring/health", "text/html", false), ("GET", "/s", "text/html", false),
        ])
    func wanted(method: String, target: String, accept: String?, isPage: Bool) {
        var request = Request(method: method, target: target)
        request.headers["accept"] = accept
        #expect(LivePage.isWanted(by: request) == isPage)
    }

    @Test("The page runs only its own style and script, and contacts only its own server")
    func policy() throws {
        let answer = LivePage.answer
        let policy = try #require(answer.headers["content-security-policy"])
        #expect(policy.contains("default-src 'none'") && policy.contains("connect-src 'self'"))
        #expect(policy.contains("'\(EmbeddedPage.scriptHash)'") && policy.contains("'\(EmbeddedPage.styleHash)'"))
        #expect(!policy.contains("unsafe"))
        for sign in ["https:", "src=", " style=", " onclick="] {
            #expect(!EmbeddedPage.document.contains(sign), "\(sign)")
        }
    }

    @Test("The page is not sent for another site's name, and needs no token because it contains no data")
    func access() async throws {
        try await MockServer.with() { server in
            func status(_ target: String, host: String) -> Int {
                let request = Request(
                    method: "GET", target: target, headers: ["host": host, "accept": "text/html"])
                let plan = AdminResponder(engine: server.engine, admin: Self.admin(of: server), wallClock: { 0 })
                    .respond(to: .complete(request), connection: 1, now: Moment(nanoseconds: 0))
                return plan.exchange.decision.status
            }
            #expect(status("/", host: "127.0.0.1") == 200)
            #expect(status("/", host: "evil.example") == 403)
        }
    }

    @Test("The report of a server that shares sessions lists all servers with what each has open")
    func servers() async throws {
        try await MockServer.with() { server in
            let open = ReplicaGauges(traffic: TrafficGauges.Reading(streams: 2), held: 1)
            let other = SharedReplica(
                name: "b", address: "http://b", version: "1", state: .up, seen: 1, sessions: 3, gauges: open)
            let report = LiveReport(
                engine: server.engine, ledger: .init(), answers: AnswerShelf(), replicas: [other])
            let json = report.json(since: nil, limit: 1, now: Moment(nanoseconds: 0))
            #expect(json["servers"]?[0]?["id"]?.string == "b" && json["servers"]?[0]?["state"]?.string == "up")
            #expect(json["servers"]?[0]?["open"]?["streams"]?.int == 2)
            #expect(json["servers"]?[0]?["open"]?["held"]?.int == 1)
            #expect(server.engine.gauges == ReplicaGauges())
        }
    }

    private static func admin(of server: MockServer) -> Admin {
        Admin(
            engine: server.engine, journal: NoJournal(), followers: Followers(), ledger: .init(),
            answers: AnswerShelf(),
            configuration: Admin.Configuration(token: "open-sesame"))
    }

    private struct NoJournal: Journal {
        func exchanges(_ query: JournalQuery) async throws -> [Exchange] { [] }
    }
}
