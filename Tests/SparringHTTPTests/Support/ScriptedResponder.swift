import SparringExchange
import SparringWire
import Synchronization

/// Answers each path with its script, and stores the exchanges.
final class ScriptedResponder: Responder {
    struct Ended: Sendable {
        var request: Request
        var connection: Int
        var timeline: Timeline
    }

    private struct State {
        var decided = 0
        var ended: [Ended] = []
        var waiters: [Waiter] = []
    }

    private struct Waiter {
        var isSatisfied: (State) -> Bool
        var continuation: CheckedContinuation<Void, Never>
    }

    private let scripts: [String: WireScript]
    /// The intake of forms sent to `/form`.
    private let takes: (any BodyIntake)?
    private let state = Mutex(State())

    init(_ scripts: [String: WireScript], takes: (any BodyIntake)? = nil) {
        self.scripts = scripts
        self.takes = takes
    }

    func plan(for head: Request, hasLongBody: Bool) -> RequestPlan {
        RequestPlan(
            body: head.path == "/form" ? takes.map { .intake($0) } ?? .collect : .collect,
            mayBlock: head.path == "/slow")
    }

    func respond(to received: ReceivedRequest, connection: Int, now: Moment) -> PlannedExchange {
        switch received {
        case .complete(let request), .head(let request):
            perform(scripts[String(request.path)] ?? .answer(request.words), request, connection)
        case .invalid(let problem, let head):
            perform(.answer("\(problem)", end: .fin), head ?? Request(method: "?", target: "?"), connection)
        }
    }

    func ended(_ performance: PlannedExchange, timeline: Timeline) {
        let exchange = performance.exchange
        update { state in
            state.ended.append(Ended(request: exchange.request, connection: exchange.connection, timeline: timeline))
        }
    }

    private func perform(_ script: WireScript, _ request: Request, _ connection: Int) -> PlannedExchange {
        update { $0.decided += 1 }
        let decision = Exchange.Decision(endpoint: nil, status: 200)
        return PlannedExchange(
            script: script,
            exchange: Exchange(number: 1, session: "test", connection: connection, request: request, decision: decision)
        )
    }

    // MARK: Waiting

    /// Waits until this number of exchanges has ended, and returns them.
    func ended(_ count: Int) async -> [Ended] {
        await wait { $0.ended.count >= count }
        return state.withLock { $0.ended }
    }

    /// Waits until the exchange with this path has ended, and returns its timeline.
    func ended(_ path: String) async -> Timeline {
        await wait { $0.ended.contains { $0.request.path == path } }
        return state.withLock { $0.ended.first { $0.request.path == path }?.timeline } ?? Timeline()
    }

    func decided(_ count: Int) async { await wait { $0.decided >= count } }

    private func wait(_ isSatisfied: @escaping @Sendable (borrowing State) -> Bool) async {
        await withCheckedContinuation { continuation in
            let isDone = state.withLock { state in
                if isSatisfied(state) { return true }
                state.waiters.append(Waiter(isSatisfied: isSatisfied, continuation: continuation))
                return false
            }
            if isDone { continuation.resume() }
        }
    }

    private func update(_ change: (inout State) -> Void) {
        let done = state.withLock { state in
            change(&state)
            let snapshot = state
            let done = state.waiters.filter { $0.isSatisfied(snapshot) }.map(\.continuation)
            state.waiters.removeAll { $0.isSatisfied(snapshot) }
            return done
        }
        for continuation in done { continuation.resume() }
    }
}

extension Request {
    /// The text that describes the request in one line. An answer with this line shows that the request arrived complete.
    var words: String {
        let fields = headers.fields.map { "\($0.name)=\($0.value)" }.joined(separator: ",")
        let text = body.count > 200 ? "\(body.count) bytes" : String(decoding: body, as: UTF8.self)
        return "\(method) \(target) \(version.rawValue) [\(fields)] \(text)"
    }
}

extension WireScript {
    /// A script with one write. The text ends with a period, from which a client knows that it is complete.
    static func answer(_ text: String, end: Ending = .keepAlive) -> WireScript {
        .steps([.text(text + ".", .head), .step(.end(end))])
    }

    enum Piece {
        case text(String, Mark?)
        case step(Step)
    }

    static func steps(_ pieces: [Piece]) -> WireScript {
        pieces.reduce(into: WireScript()) { script, piece in
            switch piece {
            case .text(let text, let mark):
                let start = script.bytes.count
                script.bytes += text.utf8
                script.steps.append(.write(start..<script.bytes.count, mark))
            case .step(let step): script.steps.append(step)
            }
        }
    }
}
