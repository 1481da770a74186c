import SparringAPI
import SparringEngine
package import SparringExchange
import SparringWire
import Synchronization

/// Answers from a tape.
package final class ReplayResponder: Responder {
    /// What happened, for reports.
    package struct Tally: Sendable, Hashable {
        package var answered = 0
        package var misses: [TapeMiss] = []
        /// Misses that were passed on to the upstream.
        package var forwarded = 0
    }

    private struct State {
        var cursor = TapeCursor()
        var tally = Tally()
        var count = 0
    }

    private let index: TapeIndex
    private let timeScale: Double
    /// Takes misses; nil: a miss fails.
    private let fallback: RecordResponder?
    private let report: @Sendable (TapeReport) -> Void
    private let wallClock: @Sendable () -> Int64
    private let state = Mutex(State())

    /// - Parameters:
    ///   - timeScale: times every recorded pause; 0 leaves them out.
    ///   - fallback: answers what is not on the tape.
    ///   - wallClock: Unix nanoseconds.
    ///   - report: hears of every request.
    package init(
        _ index: TapeIndex, timeScale: Double = 1, fallback: RecordResponder? = nil,
        wallClock: @escaping @Sendable () -> Int64, report: @escaping @Sendable (TapeReport) -> Void = { _ in }
    ) {
        self.index = index
        self.timeScale = timeScale
        self.fallback = fallback
        self.wallClock = wallClock
        self.report = report
    }

    package var tally: Tally { state.withLock(\.tally) }

    /// Recordings that have not answered, as `default#3 POST /v1/…`.
    package var unplayed: [String] {
        let played = state.withLock(\.cursor.played)
        return index.cards.indices.filter { !played.contains($0) }.map { index.cards[$0].words }
    }

    package func mayBlock(on request: Request) -> Bool { index.shelf.mayBlock }

    package func respond(to request: Request, connection: Int, now: Moment) -> Performance {
        let address = SessionAddress(request)
        let target = TapeTarget.of(request, address)
        let session = address.sessionName(model: nil)
        let candidates = index.candidates(request, target: target, session: session)
        let choice = state.withLock { $0.cursor.choose(candidates, in: index, session: session) }
        switch choice {
        case .play(let found, let renaming):
            return play(found, renaming, request, target, connection, session)
        case .unknown: return miss(.unknown, nil, candidates, request, target, connection, session, now)
        case .usedUp(let found): return miss(.usedUp, found, candidates, request, target, connection, session, now)
        case .outOfOrder(let next):
            return miss(.outOfOrder, next, candidates, request, target, connection, session, now)
        case .stranger(let found): return miss(.stranger, found, candidates, request, target, connection, session, now)
        }
    }

    private func play(
        _ found: Int, _ renaming: Renaming, _ request: Request, _ target: String, _ connection: Int, _ session: String
    ) -> Performance {
        let words = index.cards[found].words
        var exchange: TapedExchange
        do {
            exchange = try index.exchange(found)
        } catch {
            return refuse(
                502, "\(words) cannot be read from the tape any more: \(error).", request, connection, session)
        }
        if !renaming.isEmpty { exchange.answer = exchange.answer?.renamed(by: renaming) }
        let client = ForwardFeed.Client(
            minorVersion: request.minorVersion,
            keepsAlive: request.minorVersion >= 1 && Persistence.isWanted(by: request),
            isHead: request.method == "HEAD")
        guard let script = TapeScript(exchange: exchange, client: client, timeScale: timeScale).compose() else {
            return refuse(
                502, "\(words) had no answer when it was recorded: \(exchange.ending.rawValue).", request, connection,
                session)
        }
        report(.played(request: "\(request.method) \(target)", words, exchange.answer?.status ?? 0))
        return perform(script, exchange, words, request, connection, session)
    }

    private func perform(
        _ script: WireScript, _ taped: TapedExchange, _ words: String, _ request: Request, _ connection: Int,
        _ session: String
    ) -> Performance {
        let number = state.withLock { state in
            state.count += 1
            state.tally.answered += 1
            return state.count
        }
        let exchange = Exchange(
            number: number, session: session, connection: connection, request: request,
            decision: Exchange.Decision(
                endpoint: taped.request.endpoint?.rawValue, status: taped.answer?.status ?? 0, step: words))
        return Performance(script: script, exchange: exchange)
    }

    private func miss(
        _ reason: TapeMiss.Reason, _ found: Int?, _ candidates: TapeIndex.Candidates, _ request: Request,
        _ target: String, _ connection: Int, _ session: String, _ now: Moment
    ) -> Performance {
        let nearest = index.nearest(to: candidates.request, among: found.map { [$0] })
        let miss = TapeMiss(
            reason: nearest == nil ? .emptyTape : reason, request: "\(request.method) \(target)",
            nearest: nearest.map { index.cards[$0.index].words }, differences: nearest?.differences ?? [],
            differsInNamesAlone: nearest.map { index.differsInNamesAlone(candidates.request, from: $0.index) } ?? false)
        report(.missed(miss, isForwarded: fallback != nil))
        state.withLock { state in
            if fallback == nil { state.tally.misses.append(miss) } else { state.tally.forwarded += 1 }
        }
        guard let fallback else { return refuse(400, miss.sentence, request, connection, session) }
        return fallback.respond(to: request, connection: connection, now: now)
    }

    private func refuse(
        _ status: Int, _ message: String, _ request: Request, _ connection: Int, _ session: String
    ) -> Performance {
        .refusal(status, message, request, connection, session, unixTime: unixTime)
    }

    package func respond(to problem: RequestProblem, head: Request?, connection: Int, now: Moment) -> Performance {
        .refusal(problem, head, connection, unixTime: unixTime)
    }

    private var unixTime: Int { Int(wallClock() / 1_000_000_000) }

    package func ended(_ performance: Performance, timeline: Timeline) {}
}

/// What a replay did with a request.
package enum TapeReport: Sendable, Hashable {
    case played(request: String, String, Int)
    case missed(TapeMiss, isForwarded: Bool)
}

extension TapedExchange {
    /// `default#3 POST /v1/chat/completions`
    package var words: String { "\(session)#\(number) \(request.method) \(request.target)" }
}
