import SparringEngine
import SparringExchange
import SparringJSON
import SparringWire

/// Answers the requests of the page of `sparring view`. The responder changes nothing, and answers only pages of its own origin.
struct ViewResponder: Responder {
    let viewer: FileViewer
    let wallClock: @Sendable () -> Int

    func respond(to received: ReceivedRequest, connection: Int, now: Moment) -> PlannedExchange {
        switch received {
        case .complete(let request), .head(let request):
            let playback = AdminPlayback(request: request, connection: connection, wallClock: wallClock)
            do throws(AdminProblem) {
                return try answer(request, playback)
            } catch {
                return playback.performance(of: error.answer)
            }
        case .invalid(let problem, let head):
            let request = head ?? Request(method: "GET", target: "/")
            return AdminPlayback(
                request: request, connection: connection, wallClock: wallClock, mayKeepAlive: false
            )
            .performance(of: AdminProblem(problem).answer)
        }
    }

    private func answer(_ request: Request, _ playback: AdminPlayback) throws(AdminProblem)
        -> PlannedExchange
    {
        if let refusal = AdminAccessPolicy(host: "127.0.0.1", token: nil).strangerRefusal(of: request) {
            throw refusal
        }
        guard request.method == "GET" || request.method == "HEAD" else {
            throw AdminProblem(
                status: 405, what: "the file is only read", place: "method", fix: "use GET",
                headers: ["allow": "GET, HEAD"])
        }
        let query = QueryItems(target: request.target)
        switch request.path {
        case "/", AdminRouter.root[...], "\(AdminRouter.root)/"[...]:
            return playback.performance(of: LivePage.answer)
        case "\(AdminRouter.root)/live"[...]:
            let before = try number("before", query)
            return playback.performance { [viewer] in
                Self.answer { try viewer.page(before: before, filter: query["filter"] ?? "") }
            }
        case "\(AdminRouter.root)/exchange"[...]:
            guard let key = try number("key", query) else {
                throw AdminProblem(
                    status: 400, what: "the exchange has no key", place: "query, key", fix: "give its key")
            }
            return playback.performance { [viewer] in Self.answer { try viewer.exchange(at: key) } }
        default:
            throw AdminProblem(
                status: 404, what: "there is nothing at \(request.path)", place: "path",
                fix: "open / in a browser; `sparring view` answers no calls")
        }
    }

    private static func answer(_ make: () throws -> JSONValue?) -> Answer {
        do {
            if let json = try make() { return .admin(json) }
            return AdminProblem(
                status: 404, what: "the file has no such exchange", place: "query, key",
                fix: "load the page again"
            ).answer
        } catch let problem as ExchangeFilter.Problem {
            return AdminProblem(status: 400, what: problem.what, place: "query, filter", fix: problem.fix)
                .answer
        } catch {
            return AdminProblem(
                status: 500, what: "the file cannot be read: \(error)", place: "the file",
                fix: "end `sparring view` and start it again"
            ).answer
        }
    }

    private func number(_ name: String, _ query: QueryItems) throws(AdminProblem) -> Int? {
        guard let text = query[name] else { return nil }
        guard let number = Int(text), number >= 0 else {
            throw AdminProblem(
                status: 400, what: "'\(text)' is not a position", place: "query, \(name)",
                fix: "give a number from 0")
        }
        return number
    }

    func ended(_ performance: PlannedExchange, timeline: Timeline) {}
}
