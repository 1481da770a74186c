import SparringEngine
import SparringExchange
import SparringWire

/// Answers admin requests and passes all other requests to the engine. An admin request belongs to no session: its
/// exchange has the number 0, is not counted, and is not in the journal.
struct AdminResponder: Responder {
    let engine: Engine
    let admin: Admin
    let wallClock: @Sendable () -> Int

    func plan(for head: Request, hasLongBody: Bool) -> RequestPlan {
        guard isAdmin(head) else { return engine.plan(for: head, hasLongBody: hasLongBody) }
        // A health check must not wait behind calls that wait for a database.
        return RequestPlan(mayBlock: engine.mayBlock(on: head) && head.path != AdminRouter.Resource.health.path)
    }

    func respond(to received: ReceivedRequest, connection: Int, now: Moment) -> PlannedExchange {
        switch received {
        case .complete(let request) where isAdmin(request):
            reply(to: request, connection: connection, now: now)
        case .invalid(let problem, let head?) where AdminRouter.isAdmin(head.target):
            AdminPlayback(request: head, connection: connection, wallClock: wallClock, mayKeepAlive: false)
                .performance(of: AdminProblem(problem).answer)
        case .complete, .head, .invalid: engine.respond(to: received, connection: connection, now: now)
        }
    }

    var alwaysBlocks: Bool { engine.alwaysBlocks }

    private func isAdmin(_ request: Request) -> Bool {
        AdminRouter.isAdmin(request.target) || LivePage.isWanted(by: request)
    }

    private func reply(to request: Request, connection: Int, now: Moment) -> PlannedExchange {
        let desk = AdminPlayback(request: request, connection: connection, wallClock: wallClock)
        switch admin.reply(to: request, now: now) {
        case .answer(let answer): return desk.performance(of: answer)
        case .later(let answer): return desk.performance { await answer() }
        case .live(let query, let limit): return desk.performance(of: query, limit: limit, followers: admin.followers)
        }
    }

    func ended(_ performance: PlannedExchange, timeline: Timeline) {
        guard performance.exchange.number > 0 else { return }
        engine.ended(performance, timeline: timeline)
    }

    func ended(_ connection: ConnectionReport) { engine.ended(connection) }
}

/// Turns an admin answer into a script for the connection.
struct AdminPlayback: Sendable {
    let request: Request
    let connection: Int
    let wallClock: @Sendable () -> Int
    let keepsAlive: Bool

    init(
        request: Request, connection: Int, wallClock: @escaping @Sendable () -> Int, mayKeepAlive: Bool = true
    ) {
        self.request = request
        self.connection = connection
        self.wallClock = wallClock
        keepsAlive = mayKeepAlive && Persistence.isWanted(by: request)
    }

    func performance(of answer: Answer) -> PlannedExchange {
        PlannedExchange(script: script(of: answer), exchange: exchange(status: answer.status))
    }

    /// Plans an answer that an asynchronous function makes.
    func performance(_ answer: @escaping @Sendable () async -> Answer) -> PlannedExchange {
        let script = WireScript(steps: [.end(keepsAlive ? .keepAlive : .fin)])
        let feed = AnswerFeed { self.script(of: await answer()).bytes }
        return PlannedExchange(script: script, exchange: exchange(status: 200), feed: feed)
    }

    /// Plans an answer that sends all exchanges from now on. Each exchange is sent when it ends.
    func performance(of query: JournalQuery, limit: Int?, followers: Followers) -> PlannedExchange {
        var answer = Answer.admin(
            contentType: JournalFormat.lines.rawValue, [], headers: ["transfer-encoding": "chunked"])
        answer.body = .none
        guard request.method != "HEAD" else { return performance(of: answer) }
        let feed = Follower(
            query, limit: limit, head: script(of: answer).bytes, isChunked: request.version == .http11,
            followers: followers)
        return PlannedExchange(
            script: WireScript(steps: [.end(keepsAlive ? .keepAlive : .fin)]), exchange: exchange(status: 200),
            feed: OffLoopFeed(feed))
    }

    private func script(of answer: Answer) -> WireScript {
        let connection = Composition.Connection(
            version: request.version, keepsAlive: keepsAlive, isHead: request.method == "HEAD")
        let date = HTTPDate.text(unixSeconds: wallClock())
        return Composition(answer: answer, connection: connection, date: date).compose()
    }

    private func exchange(status: Int) -> Exchange {
        Exchange(
            number: 0, session: "", connection: connection, request: Request(method: "", target: ""),
            decision: Exchange.Decision(endpoint: nil, status: status, isAuxiliary: true))
    }
}
