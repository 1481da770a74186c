import SparringWire
import Testing

@testable import SparringExchange

@Suite("The filter language of exchanges")
struct ExchangeFilterTests {
    /// A repeated call with a fault, after 250 ms.
    static let broken = exchange(status: 200, attempt: 2, faults: ["at event 3: reset"]) { timeline in
        timeline.stamp(.faultDelivered(FaultID(0)), at: Moment(nanoseconds: 200_000_000))
        timeline.stamp(.ended(.reset), at: Moment(nanoseconds: 250_000_000))
    }
    static let limited = exchange(status: 429) { $0.stamp(.ended(.keepAlive), at: Moment(nanoseconds: 5_000_000)) }
    static let running = exchange(status: 200) { _ in }

    @Test(
        "A filter selects the exchanges that match all of its terms",
        arguments: [
            ("", [true, true, true]),
            ("status:429", [false, true, false]),
            ("status:4xx,500", [false, true, false]),
            ("status:>=200 status:<300", [true, false, true]),
            ("-status:429", [true, false, true]),
            ("model:GPT-4O", [true, true, true]),
            ("model:gpt-5,gpt-4o attempt:>1", [true, false, false]),
            ("ms:>100", [true, false, false]),
            ("ms:<=5", [false, true, false]),
            ("is:running", [false, false, true]),
            ("is:retried,running", [true, false, true]),
            ("is:faulted fault:reset", [true, false, false]),
            ("\"chat/completions\"", [true, true, true]),
            ("chat/comp session:default", [true, true, true]),
            ("-chat", [false, false, false]),
            ("\"is:running\"", [false, false, false]),
            ("path:/v1/chat method:post number:7", [true, true, true]),
        ])
    func selects(text: String, expected: [Bool]) throws {
        let filter = try ExchangeFilter(text)
        #expect([Self.broken, Self.limited, Self.running].map(filter.selects) == expected)
    }

    @Test(
        "The error about an invalid filter names the term and the valid words",
        arguments: [
            ("statuz:4", "'statuz' is not a key", "status"), ("status:", "has no value", "after the colon"),
            ("status:4yy", "'4yy' is not a number", "4xx"), ("ms:fast", "not a number", ">10"),
            ("is:slow", "cannot be 'slow'", "running"), ("\"open", "not closed", "close it"),
            ("ms:<>5", "not a comparison", ">="), ("ms:nan", "not a number", ">10"),
        ])
    func problems(text: String, what: String, fix: String) {
        #expect {
            try ExchangeFilter(text)
        } throws: { error in
            guard let problem = error as? ExchangeFilter.Problem else { return false }
            return problem.what.contains(what) && problem.fix.contains(fix)
        }
    }

    private static func exchange(
        status: Int, attempt: Int = 1, faults: [String] = [], _ stamp: (inout Timeline) -> Void
    ) -> Exchange {
        var timeline = Timeline()
        timeline.stamp(.requestStart, at: Moment(nanoseconds: 0))
        stamp(&timeline)
        return Exchange(
            number: 7, session: "default", connection: 1,
            request: Request(method: "POST", target: "/v1/chat/completions"),
            decision: Exchange.Decision(
                endpoint: "chat.completions", model: "gpt-4o-mini", status: status, attempt: attempt, faults: faults),
            timeline: timeline)
    }
}
