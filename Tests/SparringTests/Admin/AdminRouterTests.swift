import SparringEngine
import SparringExchange
import SparringScenario
import SparringWire
import Testing

@testable import Sparring

@Suite("Routes of the admin API")
struct AdminRouterTests {
    private static func request(
        _ method: String, _ target: String, _ body: String = "", headers: HeaderFields = [:],
        version: HTTPVersion = .http11
    ) -> Request {
        Request(
            method: method, target: target, version: version, headers: headers, body: Array(body.utf8))
    }

    private static func call(_ request: Request) throws(AdminProblem) -> AdminCall {
        try AdminRouter.call(AdminRouter.resource(of: request), request)
    }

    @Test(
        "Every path under /_sparring belongs to the admin API, and no other path does",
        arguments: [
            ("/_sparring", true), ("/_sparring/", true), ("/_sparring?x", true), ("/_sparring/health", true),
            ("/_sparringx", false), ("/v1/models", false), ("//_sparring/health", false),
            ("/s/a/_sparring/health", false), ("http://h/_sparring/health", false), ("*", false), ("", false),
        ])
    func paths(target: String, isAdmin: Bool) { #expect(AdminRouter.isAdmin(target) == isAdmin) }

    @Test(
        "A rejected admin request has status, place and fix",
        arguments: [
            (request("GET", "/_sparring"), 404, "path", "GET /_sparring/health"),
            (request("GET", "/_sparring/helth"), 404, "path", "did you mean /_sparring/health?"),
            (request("POST", "/_sparring/health"), 405, "method", "use GET"),
            (request("OPTIONS", "/_sparring/reset"), 405, "method", "use POST"),
            (request("GET", "/_sparring/journal?sesion=a"), 400, "query", "did you mean 'session'?"),
            (request("GET", "/_sparring/health?x=1"), 400, "query", "takes none"),
            (request("GET", "/_sparring/journal?limit=1&limit=2"), 400, "query", "once"),
            (request("GET", "/_sparring/journal?session="), 400, "query, session", "name the session"),
            (request("GET", "/_sparring/usage?by=colour"), 400, "query, by", "metadata.NAME"),
            (request("GET", "/_sparring/usage?by=model,model"), 400, "query, by", "at most once"),
            (request("GET", "/_sparring/usage?by=time&every=2s"), 400, "query, every", "1s, 5s, 15s, 1m"),
            (request("GET", "/_sparring/usage?every=1m"), 400, "query, every", "by=time"),
            (request("GET", "/_sparring/usage?format=xml"), 400, "query, format", "json or csv"),
            (request("GET", "/_sparring/metrics?x=1"), 400, "query", "takes servers"),
            (request("GET", "/_sparring/metrics?servers=two"), 400, "query, servers", "servers=all"),
            (request("GET", "/_sparring/health?x=1"), 400, "query", "takes none"),
            (request("GET", "/_sparring/journal?status=ok"), 400, "query, status", "100 to 999"),
            (request("GET", "/_sparring/journal?limit=0"), 400, "query, limit", "1 to 10000"),
            (request("GET", "/_sparring/journal?limit=10001"), 400, "query, limit", "1 to 10000"),
            (request("GET", "/_sparring/journal?after=3"), 400, "query, after", "name the session"),
            (request("GET", "/_sparring/journal?session=a&after=-1"), 400, "query, after", "from 0"),
            (request("GET", "/_sparring/journal?since=yesterday"), 400, "query, since", "milliseconds"),
            (request("GET", "/_sparring/journal?since=-1"), 400, "query, since", "milliseconds"),
            (request("GET", "/_sparring/journal?since=nan"), 400, "query, since", "milliseconds"),
            (request("GET", "/_sparring/journal?follow=maybe"), 400, "query, follow", "follow=true"),
            (request("GET", "/_sparring/journal?follow=true&since=1"), 400, "query, since", "leave one"),
            (request("GET", "/_sparring/journal?follow", version: .http10), 400, "query, follow", "HTTP/1.1"),
            (request("GET", "/_sparring/journal?follow&bodies"), 400, "query, bodies", "leave one"),
            (request("GET", "/_sparring/journal?filter=statuz:4"), 400, "query, filter", "status"),
            (request("GET", "/_sparring/live?limit=501"), 400, "query, limit", "1 to 500"),
            (request("GET", "/_sparring/exchange"), 400, "query, number", "as in the journal"),
            (request("GET", "/_sparring/exchange?number=1&most=0"), 400, "query, most", "a whole number from 1"),
            (request("POST", "/_sparring/verification"), 405, "method", "use GET"),
            (request("PUT", "/_sparring/scenario?use=helo"), 404, "query, use", "did you mean 'hello'?"),
            (request("PUT", "/_sparring/scenario?use=hello", "steps: []"), 400, "query, use", "leave one"),
            (request("POST", "/_sparring/clock"), 400, "body", #"{"advance":"24h"}"#),
            (request("POST", "/_sparring/clock", "{}"), 422, "body:1:1", "advance"),
            (request("POST", "/_sparring/clock", #"{"advance":24}"#), 422, "body:1:12", "advance"),
            (request("POST", "/_sparring/clock", #"{"scale":0}"#), 422, "body:1:10", "scale"),
            (request("POST", "/_sparring/clock", #"{"scale":"fast"}"#), 422, "body:1:10", "scale"),
            (request("POST", "/_sparring/clock", "[1]"), 422, "body:1:1", "advance"),
            (request("POST", "/_sparring/clock", "{"), 422, "body:2:1", "advance"),
            (
                request("POST", "/_sparring/clock?session=a", #"{"session":"b","advance":"1s"}"#), 422, "body:1:12",
                "send"
            ),
            (request("POST", "/_sparring/faults", #"{"next":0,"faults":[]}"#), 422, "body:1:9", "faults"),
            (request("POST", "/_sparring/faults", "{}"), 422, "body:1:1", "faults"),
            (request("POST", "/_sparring/faults", #"{"faults":[]}"#), 422, "body:1:11", "faults"),
            (
                request("POST", "/_sparring/faults", #"{"faults":[{"at":"evnt 3","end":"fin"}]}"#), 422, "body:1:18",
                "faults"
            ),
            (request("POST", "/_sparring/hold", #"{"at":"byte 3"}"#), 422, "body:1:7", "send"),
            (request("POST", "/_sparring/hold", #"{"at":"event 0"}"#), 422, "body:1:7", "send"),
            (request("POST", "/_sparring/hold", #"{"at":"evnt 3"}"#), 422, "body:1:7", "send"),
            (request("POST", "/_sparring/hold", #"{"limit":"2h"}"#), 422, "body:1:10", "send"),
            (request("POST", "/_sparring/hold", #"{"filter":"statuz:4"}"#), 422, "body:1:11", "send"),
            (request("POST", "/_sparring/hold", #"{"next":0}"#), 422, "body:1:9", "send"),
            (request("POST", "/_sparring/release", #"{"end":"stop"}"#), 422, "body:1:8", "send"),
            (request("POST", "/_sparring/scenario"), 405, "method", "use PUT or GET"),
            (request("PUT", "/_sparring/scenario?check=true", "steps: []"), 422, "body:1:1", "send it again"),
            (request("POST", "/_sparring/dials", "{}"), 422, "body:1:1", "send"),
            (request("POST", "/_sparring/dials", #"{"chaos":2}"#), 422, "body:1:10", "send"),
            (request("POST", "/_sparring/dials", #"{"stream":{"rate":"fast"}}"#), 422, "body:1:19", "send"),
            (request("POST", "/_sparring/dials", #"{"profile":"flaky"}"#), 422, "body:1:1", "send"),
            (request("POST", "/_sparring/dials", #"{"chaos":0.1,"profile":"flakey"}"#), 422, "body:1:24", "send"),
            (request("GET", "/_sparring/hold"), 405, "method", "use POST"),
            (request("POST", "/_sparring/breakpoints"), 405, "method", "use GET"),
            (request("POST", "/_sparring/reset", #"{"sesion":"a"}"#), 422, "body:1:2", "session"),
            (request("PUT", "/_sparring/scenario"), 422, "body:1:1", "send it again"),
            (
                request("PUT", "/_sparring/scenario", String(repeating: " ", count: AdminProblem.largestBody + 1)), 413,
                "body", "1048576 bytes"
            ),
        ])
    func refusals(request: Request, status: Int, place: String, fix: String) {
        let problem = #expect(throws: AdminProblem.self) { try Self.call(request) }
        #expect(problem?.status == status)
        #expect(problem?.place == place)
        #expect(problem?.fix.contains(fix) == true, "\(problem?.fix ?? "")")
    }

    @Test("An admin body that is not UTF-8 is rejected as such")
    func notText() {
        let request = Request(method: "PUT", target: "/_sparring/scenario", body: [0xFF])
        let problem = #expect(throws: AdminProblem.self) { try Self.call(request) }
        #expect(problem?.what == "the body is not UTF-8")
    }

    @Test("All mistakes in an admin body are reported with their places")
    func mistakes() {
        let body = #"{"next":"two","faults":[{"at":"head","end":"explode"},{"at":"x","do":"drop_done"}],"sesion":"a"}"#
        let problem = #expect(throws: AdminProblem.self) {
            try Self.call(Self.request("POST", "/_sparring/faults", body))
        }
        #expect(problem?.what == "the body has 4 mistakes")
        #expect(problem?.mistakes.map(\.column) == [9, 44, 61, 84])
        #expect(problem?.mistakes.map(\.place) == ["next", "fault 1, end", "fault 2, at", "sesion"])
        let json = String(decoding: problem?.answer.wholeBody ?? [], as: UTF8.self)
        #expect(json.contains(#""where":"fault 1, end""#))
        #expect(json.contains(#""line":1,"column":44,"message":"'explode' is not an ending; the names are"#), "\(json)")
    }

    @Test("An admin body with one mistake is rejected with the message of that mistake")
    func oneMistake() {
        let problem = #expect(throws: AdminProblem.self) {
            try Self.call(Self.request("POST", "/_sparring/reset", #"{"sesion":"a"}"#))
        }
        #expect(problem?.what.hasPrefix("unknown key 'sesion'") == true, "\(problem?.what ?? "")")
        #expect(problem?.place == "body:1:2")
    }

    @Test("The filters of a journal query are read from the URL")
    func filters() throws {
        let target = "/_sparring/journal?session=a%2Fb+c&endpoint=chat.completions&status=429&since=1.5&after=7&limit=2"
        guard case .journal(let query, .array, bodies: false) = try Self.call(Self.request("GET", target)) else {
            Issue.record("not a page of the journal")
            return
        }
        let wanted = JournalQuery(
            session: "a/b c", endpoint: "chat.completions", status: 429, since: Moment(nanoseconds: 1_500_000),
            after: 7,
            limit: 2)
        #expect(query == wanted)
    }

    @Test(
        "The journal is served in the format that the Accept header prefers",
        arguments: [
            (nil, JournalFormat.array), ("*/*", .array), ("application/json", .array), ("application/x-ndjson", .lines),
            ("application/json, application/x-ndjson;q=0.5", .array),
            ("application/json;q=0.1, Application/X-NDJSON", .lines), ("application/jsonl", .lines),
            ("text/html", .array),
        ])
    func formats(accept: String?, format: JournalFormat) { #expect(JournalFormat(accept: accept) == format) }

    @Test("Faults, clocks and scenarios are read from admin bodies, for the named session")
    func bodies() throws {
        let faults = try Self.call(
            Self.request("POST", "/_sparring/faults?session=q", #"{"next":3,"faults":{"at":"event 5","end":"reset"}}"#))
        guard case .faults(let list, 3, "q", _) = faults else {
            Issue.record("\(faults)")
            return
        }
        #expect(list == [Fault(at: .event(5), .ending(.reset))])
        let clock = try Self.call(Self.request("POST", "/_sparring/clock", "session: b\nadvance: 24h\nscale: 0.5\n"))
        guard case .clock(.seconds(86_400)?, 0.5?, "b") = clock else {
            Issue.record("\(clock)")
            return
        }
        let scenario = try Self.call(
            Self.request("PUT", "/_sparring/scenario", #"{"schema":1,"scenario":"s","otherwise":"auto"}"#))
        guard case .scenario(let value, "default") = scenario else {
            Issue.record("\(scenario)")
            return
        }
        #expect(value.name == "s")
    }

    @Test("A breakpoint is read from its body, and an empty body has every default")
    func breakpoints() throws {
        let body = "session: q\nat: event 3\nfilter: status:200\nnext: 2\nlimit: 5s\n"
        guard case .hold(let breakpoint) = try Self.call(Self.request("POST", "/_sparring/hold", body)),
            case .hold(let usual) = try Self.call(Self.request("POST", "/_sparring/hold?session=a"))
        else {
            Issue.record("not a breakpoint")
            return
        }
        #expect(breakpoint.session == "q" && breakpoint.point == .event(3) && breakpoint.calls == 2)
        #expect(breakpoint.filterText == "status:200" && breakpoint.limit == .seconds(5))
        #expect(usual.session == "a" && usual.point == .start && usual.calls == 1 && usual.filter == nil)
        #expect(usual.limit == .seconds(60))
    }

    @Test(
        "A reset applies to all sessions, or to the one in query or body",
        arguments: [("", "", nil), ("?session=a", "", "a"), ("", #"{"session":"a"}"#, "a")])
    func resets(query: String, body: String, session: String?) throws {
        guard case .reset(let name) = try Self.call(Self.request("POST", "/_sparring/reset\(query)", body)) else {
            Issue.record("no reset")
            return
        }
        #expect(name == session)
    }
}

extension Answer {
    fileprivate var wholeBody: [UInt8] { if case .whole(let bytes) = body { bytes } else { [] } }
}
