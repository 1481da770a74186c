import SparringAPI
package import SparringEngine
package import SparringExchange
import SparringJSON
package import SparringWire
import Synchronization

/// Answers requests from a cassette.
package final class ReplayResponder: AnswerSource {
    /// Counts for reports.
    package struct Tally: Sendable, Hashable {
        package var answered = 0
        package var misses: [CassetteMiss] = []
        /// The number of misses that were forwarded to the upstream.
        package var forwarded = 0
    }

    struct State {
        var cursor = CassetteCursor()
        var tally = Tally()
        var count = 0
        /// The number of fresh renderings of each session.
        var rendered: [String: Int] = [:]
        /// The WebSockets that were read so far, with the answers to their handshakes, by the indices of their recordings.
        var tracks: [Int: (SocketTrack, RecordedAnswer?)] = [:]
    }

    let index: CassetteIndex
    let timeScale: Double
    /// Answers misses. If there is no fallback, a miss is an error.
    private let fallback: RecordResponder?
    let report: @Sendable (CassetteReport) -> Void
    private let wallClock: @Sendable () -> Int64
    private let seed: UInt64
    let state = Mutex(State())

    /// - Parameters:
    ///   - timeScale: the factor for recorded pauses; 0 removes all pauses.
    ///   - fallback: answers requests that are not in the cassette.
    ///   - seed: the seed of fresh identifiers.
    ///   - wallClock: returns Unix nanoseconds.
    ///   - report: called for every request.
    package init(
        _ index: CassetteIndex, timeScale: Double = 1, fallback: RecordResponder? = nil, seed: UInt64 = 1,
        wallClock: @escaping @Sendable () -> Int64, report: @escaping @Sendable (CassetteReport) -> Void = { _ in }
    ) {
        self.index = index
        self.timeScale = timeScale
        self.fallback = fallback
        self.wallClock = wallClock
        self.report = report
        self.seed = seed
    }

    package var tally: Tally { state.withLock(\.tally) }

    /// The recordings that were not used, in the form `default#3 POST /v1/…`.
    package var unplayed: [String] {
        let played = state.withLock(\.cursor.played)
        return index.cards.indices.filter { !played.contains($0) }.map { index.cards[$0].words }
    }

    package func mayBlock(on request: Request) -> Bool { index.shelf.mayBlock }

    package func respond(to request: Request, connection: Int, now: Moment) -> PlannedExchange {
        answer(to: request, headers: [:], connection: connection, now: now).performance
    }

    package func answer(
        to request: Request, headers: HeaderFields, connection: Int, now: Moment
    ) -> SourcedAnswer {
        let address = RequestAddress(request)
        let target = CassetteTarget.of(request, address)
        let session = address.sessionName(model: nil)
        let asked = ReplayRequest(request: request, target: target, session: session, connection: connection)
        let candidates = index.candidates(request, target: target, session: session)
        let choice = state.withLock { state in
            guard index.matching.rendering == .fresh else {
                return state.cursor.choose(candidates, in: index, session: session)
            }
            var mint = nextMint(&state, session)
            return state.cursor.choose(candidates, in: index, session: session) { FreshRendering.like($0, &mint) }
        }
        let reason: CassetteMiss.Reason
        let near: Int?
        switch choice {
        case .play(let found, let renaming):
            guard index.cards[found].status != 101 else {
                return openSocket(found, among: candidates.indices, to: asked, headers: headers)
            }
            return play(found, renaming: renaming, to: asked, headers: headers)
        case .unknown: (reason, near) = (.unknown, nil)
        case .usedUp(let found): (reason, near) = (.usedUp, found)
        case .outOfOrder(let next): (reason, near) = (.outOfOrder, next)
        case .stranger(let found): (reason, near) = (.stranger, found)
        }
        let performance = miss(reason, nearest: near, among: candidates, asked, now: now)
        return SourcedAnswer(
            performance, editable: .no(fallback == nil ? "no recording answers" : "the upstream answers"))
    }

    /// - Parameter headers: fields that are added to the recorded fields.
    private func play(
        _ found: Int, renaming: Renaming, to asked: ReplayRequest, headers: HeaderFields
    ) -> SourcedAnswer {
        let words = index.cards[found].words
        let request = asked.request
        func refuse(_ reason: String) -> SourcedAnswer {
            SourcedAnswer(self.refuse(asked, status: 502, reason), editable: .no(reason))
        }
        var exchange: RecordedExchange
        do {
            exchange = try index.exchange(found)
        } catch {
            return refuse("\(words) can no longer be read from the cassette: \(error).")
        }
        if !renaming.isEmpty { exchange.answer = exchange.answer?.renamed(by: renaming) }
        if index.matching.rendering == .fresh { render(&exchange, asked.session) }
        do throws(ConversionError) {
            try rerender(&exchange, for: asked)
        } catch {
            let name = index.matching.rendering.api?.name ?? ""
            return refuse("\(words) cannot be converted to \(name): \(error).")
        }
        for field in headers.fields { exchange.answer?.headers[field.name] = field.value }
        let client = ForwardFeed.Client(
            minorVersion: request.minorVersion,
            keepsAlive: request.minorVersion >= 1 && Persistence.isWanted(by: request),
            isHead: request.method == "HEAD")
        guard let script = CassetteScript(exchange: exchange, client: client, timeScale: timeScale).compose() else {
            return refuse("\(words) was recorded without an answer: \(exchange.ending.rawValue).")
        }
        report(.played(request: line(of: asked), words, exchange.answer?.status ?? 0))
        let recorded = ReplayedAnswer(exchange: exchange, timeScale: timeScale)
        return SourcedAnswer(
            perform(
                script, endpoint: exchange.request.endpoint?.rawValue, status: exchange.answer?.status ?? 0,
                named: words, to: asked),
            editable: exchange.ending.isWhole
                ? .answer { recorded.value() } : .no("the recording itself is incomplete: \(exchange.ending.rawValue)"))
    }

    /// Converts the answer if it was recorded from the other API.
    private func rerender(
        _ exchange: inout RecordedExchange, for wanted: ReplayRequest
    ) throws(ConversionError) {
        guard let api = index.matching.rendering.api,
            RenderedAPI(RecordedRequest(method: wanted.request.method, target: wanted.target).endpoint) == api,
            let recorded = RenderedAPI(exchange.request.endpoint), recorded != api,
            let asked = (try? JSONValue.parse(wanted.request.body))?.object
        else { return }
        exchange.answer = try Rerendering(api: api, request: asked).rendered(exchange, from: recorded)
    }

    private func render(_ exchange: inout RecordedExchange, _ session: String) {
        let (rendering, drawn) = freshRendering(exchange.recordedAt, session)
        var mint = drawn
        exchange.answer = exchange.answer.map { rendering.rendered($0, mint: &mint) }
    }

    /// The rendering of a recording, and the source of the rendering's new identifiers.
    func freshRendering(_ recordedAt: Int64?, _ session: String) -> (FreshRendering, IDMint) {
        let now = wallClock()
        let (delay, mint) = state.withLock { state in
            (state.cursor.delay(of: session, recordedAt: recordedAt, now: now), nextMint(&state, session))
        }
        return (FreshRendering(shift: delay / 1_000_000_000, now: Int(now / 1_000_000_000)), mint)
    }

    /// Makes identifiers that depend only on the seed, the session and the number of the rendering.
    private func nextMint(_ state: inout State, _ session: String) -> IDMint {
        state.rendered[session, default: 0] += 1
        return IDMint(for: "\(seed) \(session) \(state.rendered[session] ?? 1)")
    }

    func perform(
        _ script: WireScript, endpoint: String?, status: Int, named words: String, to asked: ReplayRequest
    ) -> PlannedExchange {
        let number = state.withLock { state in
            state.count += 1
            state.tally.answered += 1
            return state.count
        }
        // A recording without a path does not name its operation.
        let endpoint = endpoint ?? Dialect.endpoint(of: asked.request.method, asked.target)?.rawValue
        let exchange = Exchange(
            number: number, session: asked.session, connection: asked.connection, request: asked.request,
            decision: Exchange.Decision(endpoint: endpoint, status: status, step: words))
        return PlannedExchange(script: script, exchange: exchange)
    }

    private func miss(
        _ reason: CassetteMiss.Reason, nearest found: Int?, among candidates: CassetteIndex.Candidates,
        _ asked: ReplayRequest,
        now: Moment
    ) -> PlannedExchange {
        let nearest = index.nearest(to: candidates.request, among: found.map { [$0] })
        let miss = CassetteMiss(
            reason: nearest == nil ? .emptyCassette : reason, request: line(of: asked),
            nearest: nearest.map { index.cards[$0.index].words }, differences: nearest?.differences ?? [],
            differsInNamesAlone: nearest.map { index.differsInNamesAlone(candidates.request, from: $0.index) } ?? false)
        report(.missed(miss, isForwarded: fallback != nil))
        state.withLock { state in
            if fallback == nil { state.tally.misses.append(miss) } else { state.tally.forwarded += 1 }
        }
        guard let fallback else { return refuse(asked, status: 400, miss.sentence) }
        return fallback.respond(to: asked.request, connection: asked.connection, now: now)
    }

    func refuse(_ asked: ReplayRequest, status: Int, _ message: String) -> PlannedExchange {
        .refusal(
            status, message, to: asked.request, on: asked.connection, in: asked.session, unixTime: unixTime)
    }

    /// The request in the form that messages show, with secrets masked.
    func line(of asked: ReplayRequest) -> String { "\(asked.request.method) \(index.shown(asked.target))" }

    private var unixTime: Int { Int(wallClock() / 1_000_000_000) }
}

/// A request to a replay, with its session and connection.
struct ReplayRequest {
    var request: Request
    /// The request's target without the session's prefix.
    var target: String
    var session: String
    var connection: Int
}

/// The outcome of a request to a replay.
package enum CassetteReport: Sendable, Hashable {
    case played(request: String, String, Int)
    case missed(CassetteMiss, isForwarded: Bool)
}

extension RecordedExchange {
    /// The name of the recording in messages: `default#3 POST /v1/chat/completions`.
    package var words: String { "\(session)#\(number) \(request.method) \(request.target)" }
}
