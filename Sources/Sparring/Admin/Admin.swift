import SparringAPI
import SparringEngine
import SparringExchange
import SparringHTTP
import SparringJSON
import SparringScenario
import SparringTokens
import SparringWire

/// Performs admin requests.
struct Admin: Sendable {
    struct Configuration: Sendable {
        /// The address that the server listens on.
        var host: String
        /// If nil, admin requests need no token, and are accepted only if the server listens on a loopback address.
        var token: String?
        /// Returned by `health`.
        var version: String?
        /// Whether the server's own pages have an origin with `https`.
        var isTLS: Bool
        /// Masks more of an exchange than `Redaction` does.
        var conceal: (@Sendable (Exchange) -> Exchange)?
        /// The spans that wait to be sent to a receiver; nil if traces are off.
        var spans: SpanQueue?
        /// Sends the metrics to a receiver; nil if they are not exported.
        var metrics: MetricExporter?
        /// The servers that share sessions, in their state of a few seconds ago.
        var replicas: @Sendable () -> [SharedReplica]

        init(
            host: String = "127.0.0.1", token: String? = nil, version: String? = nil, isTLS: Bool = false,
            conceal: (@Sendable (Exchange) -> Exchange)? = nil, spans: SpanQueue? = nil, metrics: MetricExporter? = nil,
            replicas: @escaping @Sendable () -> [SharedReplica] = { [] }
        ) {
            self.replicas = replicas
            self.spans = spans
            self.metrics = metrics
            self.conceal = conceal
            self.host = host
            self.token = token
            self.isTLS = isTLS
            self.version = version
        }
    }

    let engine: Engine
    let journal: any Journal
    let followers: Followers
    let ledger: UsageStatistics
    /// The usage of all servers; nil if no other server shares the sessions.
    var usage: UsageWriter?
    let answers: AnswerShelf
    let configuration: Configuration

    private var gate: AdminAccessPolicy {
        AdminAccessPolicy(host: configuration.host, token: configuration.token, isTLS: configuration.isTLS)
    }

    /// The answer to a request. The answer is known at once, or an asynchronous function makes it.
    enum Reply: Sendable {
        case answer(Answer)
        case later(@Sendable () async -> Answer)
        /// - Parameter limit: the number of exchanges; nil for no limit.
        case live(JournalQuery, limit: Int?)
    }

    func reply(to request: Request, now: Moment) -> Reply {
        do throws(AdminProblem) {
            let gate = gate
            if let refusal = gate.strangerRefusal(of: request) { throw refusal }
            if LivePage.isWanted(by: request) { return .answer(LivePage.answer) }
            let resource = try AdminRouter.resource(of: request)
            if let refusal = gate.tokenRefusal(of: request) {
                // A container's health check has no token. The check only learns that the server runs.
                guard resource == .health else { throw refusal }
                return .answer(.admin(["status": "ok"]))
            }
            return try performShared(AdminRouter.call(resource, request), now: now)
        } catch {
            return .answer(error.answer)
        }
    }

    /// Performs a call that needs the session for itself, if servers share a store. The other servers have received the change when the
    /// call is answered.
    private func performShared(_ call: AdminCall, now: Moment) throws(AdminProblem) -> Reply {
        guard engine.sessions.turns != nil, call.isOfSession else { return try perform(call, now: now) }
        let (result, problem) = engine.sessions.visit {
            Result { () throws(AdminProblem) in try perform(call, now: now) }
        }
        if let problem { throw AdminProblem(problem) }
        return try result.get()
    }

    private func perform(_ call: AdminCall, now: Moment) throws(AdminProblem) -> Reply {
        switch call {
        case .health: return .answer(health(now))
        case .journal(let query, let format, let bodies): return .later { await page(query, format, bodies) }
        case .live(let since, let limit):
            return .later { [live] in .admin(live.json(since: since, limit: limit, now: now)) }
        case .exchange(let number, let name, let most):
            if let shared { return .later { await exchange(number, of: name, most: most, shared) } }
            guard let session = engine.sessions.existing(name) else {
                throw noSession(name, "see GET \(AdminRouter.Resource.live.path)")
            }
            return .later { [live] in
                live.exchange(number, of: session, most: most).map { .admin($0) } ?? noExchange(number, name)
            }
        case .verification(let name): return try verification(name)
        case .follow(let query, let limit):
            guard !followers.isFull else {
                throw AdminProblem(
                    status: 503, what: "\(Followers.most) connections already follow the journal",
                    place: "query, follow",
                    fix: "close one of them")
            }
            return .live(query, limit: limit)
        case .usage(let query, let format):
            return ofAll(withIntervals: query.isByTime) { UsagePage.answer(query.report(of: $0), format) }
        case .metrics(let isOfAll):
            guard isOfAll else { return .answer(MetricsPage.answer(metrics(now))) }
            return ofAll { [replicas] in MetricsPage.answer(MetricFamilies($0, of: replicas)) }
        case .reset(let name):
            if let name { return .answer(try reset(name)) }
            return .answer(try resetAll(now))
        case .scenario(let scenario, let name):
            let session = engine.sessions.session(named: name, now: now)
            try restart(session, engine.sessions.world(of: scenario))
            return .answer(.admin(["session": .string(name), "scenario": .string(scenario.name)]))
        case .scenarioText(let name):
            guard let session = engine.sessions.existing(name) else { return .answer(text(of: engine.world, name)) }
            return .answer(text(of: session.dialed.own, name))
        case .check(let scenario):
            return .answer(.admin(["scenario": .string(scenario.name), "checked": true]))
        case .faults(let faults, let calls, let name, let source):
            engine.sessions.session(named: name, now: now).adjust { $0.push(faults, calls: calls, source: source) }
            return .answer(
                .admin([
                    "session": .string(name), "next": .int(calls),
                    "faults": .array(faults.map { .string($0.description) }),
                ]))
        case .clock(let advance, let scale, let name):
            return .answer(
                try clock(of: engine.sessions.session(named: name, now: now), advance: advance, scale: scale, now: now))
        case .dials(let order, let name):
            return .answer(try turn(order, of: engine.sessions.session(named: name, now: now)))
        case .breakpoints(let name):
            return .answer(
                .admin(
                    BreakpointReport.json(
                        engine.sessions.breakpoints, session: name, now: now, conceal: configuration.conceal)))
        case .hold(let breakpoint): return .answer(try hold(breakpoint))
        case .release(let number, let end, let name): return .answer(try release(number, end, session: name))
        }
    }

    // MARK: Each call

    private func health(_ now: Moment) -> Answer {
        .admin([
            "status": "ok", "version": configuration.version.map { .string($0) } ?? .null,
            "scenario": .string(engine.scenario.name), "seed": .number(JSONNumber(text: String(engine.seed))),
            "tokens": .string(engine.world.counters.word),
            "sessions": .int(engine.sessions.all.count), "uptime_ms": .int(Int(now.nanoseconds / 1_000_000)),
        ])
    }

    private func text(of world: ScenarioContext, _ session: String) -> Answer {
        .admin([
            "session": .string(session), "scenario": .string(world.scenario.name),
            "text": .string(orNull: world.scenario.source),
        ])
    }

    var live: LiveReport {
        LiveReport(
            engine: engine, ledger: ledger, answers: answers, version: configuration.version,
            conceal: configuration.conceal, replicas: replicas)
    }

    /// The servers that share sessions. The entry of this server shows its present state.
    private var replicas: [SharedReplica] {
        configuration.replicas().map { replica in
            guard replica.name == engine.sessions.turns?.replica else { return replica }
            var own = replica
            own.gauges = engine.gauges
            return own
        }
    }

    private func noExchange(_ number: Int, _ session: String) -> Answer {
        AdminProblem(
            status: 404, what: "session '\(session)' has no exchange \(number) in its log",
            place: "query, number",
            fix: "the log holds the newest exchanges; see GET \(AdminRouter.Resource.journal.path)"
        ).answer
    }

    /// The journal of all servers; nil if no other server shares the sessions.
    private var shared: SharedJournal? {
        guard let turns = engine.sessions.turns, turns.journal != .nothing else { return nil }
        return SharedJournal(journal: journal, replica: turns.replica)
    }

    private func exchange(_ number: Int, of name: String, most: Int?, _ shared: SharedJournal) async -> Answer {
        do {
            guard let exchange = try await shared.exchange(number, of: name) else { return noExchange(number, name) }
            let json = shared.json(of: exchange, engine.sessions.existing(name), most: most, live)
            return json.map { .admin($0) } ?? noExchange(number, name)
        } catch {
            return unreadable(error)
        }
    }

    /// An answer about the usage of all servers.
    private func ofAll(
        withIntervals: Bool = false, _ answer: @escaping @Sendable (UsageStatistics.Reading) -> Answer
    ) -> Reply {
        guard let usage else { return .answer(answer(ledger.reading(withIntervals: withIntervals))) }
        return .later {
            do throws(StoreProblem) {
                return answer(try await usage.reading(withIntervals: withIntervals))
            } catch {
                return AdminProblem(error).answer
            }
        }
    }

    /// The metrics of this server.
    func metrics(_ now: Moment) -> MetricFamilies { MetricFamilies(ledger.reading, server(now)) }

    private func server(_ now: Moment) -> MetricFamilies.Server {
        let sessions = engine.sessions.all
        return MetricFamilies.Server(
            version: configuration.version, sessions: sessions.count,
            droppedExchanges: sessions.map(\.droppedExchanges).reduce(0, +),
            uptime: .nanoseconds(now.nanoseconds), traffic: engine.traffic.reading,
            spans: configuration.spans?.counts ?? ExportCounts(),
            points: configuration.metrics?.counts ?? ExportCounts())
    }

    private func reset(_ name: String) throws(AdminProblem) -> Answer {
        guard let session = engine.sessions.existing(name) else {
            throw noSession(name, "leave the name out to reset all sessions")
        }
        try forget(session)
        return .admin(["reset": [.string(name)]])
    }

    private func resetAll(_ now: Moment) throws(AdminProblem) -> Answer {
        let names: [String]
        do throws(StoreProblem) { names = try engine.sessions.names() } catch { throw AdminProblem(error) }
        // The sessions are handled one after the other, because each is committed separately.
        for name in names {
            let (result, problem) = engine.sessions.visit {
                Result { () throws(AdminProblem) in try forget(engine.sessions.session(named: name, now: now)) }
            }
            if let problem { throw AdminProblem(problem) }
            try result.get()
        }
        return .admin(["reset": .strings(names)])
    }

    private func forget(_ session: Session) throws(AdminProblem) {
        engine.sessions.breakpoints.remove(session: session.name)
        engine.sessions.breakpoints.release(session: session.name)
        try restart(session)
        ledger.forget(session.name)
    }

    private func verification(_ name: String) throws(AdminProblem) -> Reply {
        guard let session = engine.sessions.existing(name) else {
            throw noSession(name, "PUT \(AdminRouter.Resource.scenario.path) creates one too")
        }
        guard let shared else { return .answer(verification(of: RunReport(session, seed: engine.seed), name)) }
        let circumstances = RunReport.Circumstances(session)
        // The journal is read afterwards: when this work is committed, the exchanges before it are committed too.
        return .later {
            do {
                let exchanges = try await shared.exchanges(of: name)
                return verification(of: RunReport(circumstances, journal: exchanges, seed: engine.seed), name)
            } catch {
                return unreadable(error)
            }
        }
    }

    private func verification(of report: RunReport, _ name: String) -> Answer {
        var json = report.json
        json["session"] = .string(name)
        let origin = report.exchanges.first?.startedAt ?? Moment(nanoseconds: 0)
        json["trace"] = .strings(WireTrace.lines(concealed(report.exchanges).map { $0.json(origin: origin) }))
        return .admin(.object(json))
    }

    private func noSession(_ name: String, _ fix: String) -> AdminProblem {
        let near = Nearest.name(to: name, among: engine.sessions.all.map(\.name))
        return AdminProblem(
            status: 404, what: "there is no session '\(name)'", place: "session",
            fix: (near.map { "did you mean '\($0)'? " } ?? "") + "The first request of a session creates it; \(fix)")
    }

    private func restart(_ session: Session, _ world: ScenarioContext? = nil) throws(AdminProblem) {
        do throws(StoreProblem) {
            try session.forgetObjects()
            session.restart(with: world)
        } catch {
            throw AdminProblem(
                status: 500, what: "the files of session '\(session.name)' cannot be deleted: \(error)",
                place: "session", fix: "check the disk's free space and permissions")
        }
    }

    private func clock(
        of session: Session, advance: Duration?, scale: Double?, now: Moment
    ) throws(AdminProblem) -> Answer {
        let (clock, isMoved) = session.changeClock { clock in
            let isMoved = advance.map { clock.advance(by: $0, at: now) } ?? true
            if isMoved, let scale { clock.setScale(scale, at: now) }
            return isMoved
        }
        guard isMoved else {
            throw AdminProblem(
                status: 422, what: "the clock would be more than a hundred years ahead", place: "body, advance",
                fix: "advance the clock less; POST \(AdminRouter.root)/reset sets the clock back")
        }
        let ahead = clock.ahead(at: now) / .milliseconds(1)
        return .admin([
            "session": .string(session.name), "ahead_ms": .int(Int(ahead.rounded())),
            "scale": .number(JSONNumber(clock.scale)),
        ])
    }

    private func concealed(_ exchanges: [Exchange]) -> [Exchange] {
        configuration.conceal.map { exchanges.map($0) } ?? exchanges
    }

    private func page(_ query: JournalQuery, _ format: JournalFormat, _ bodies: Bool) async -> Answer {
        do {
            let exchanges = concealed(try await journal.exchanges(query))
            return .admin(contentType: format.rawValue, format.bytes(exchanges, bodies: bodies))
        } catch {
            return unreadable(error)
        }
    }

    private func unreadable(_ error: any Error) -> Answer {
        AdminProblem(
            status: 500, what: "the journal cannot be read: \(error)", place: "the server", fix: "see the server's log"
        ).answer
    }
}

extension JournalFormat {
    func bytes(_ exchanges: [Exchange], bodies: Bool = false) -> [UInt8] {
        let entries = exchanges.map { bodies ? $0.fullEntry : $0.journalEntry }
        return switch self {
        case .lines: entries.flatMap { $0.serialized() + [0x0A] }
        case .array: JSONValue.array(entries).serialized() + [0x0A]
        }
    }
}

extension Exchange {
    /// Times are milliseconds since the server's start.
    var journalEntry: JSONValue { json(origin: Moment(nanoseconds: 0)) }

    /// The journal entry with the request's headers and body.
    var fullEntry: JSONValue { fullJSON(origin: Moment(nanoseconds: 0)) }

    var journalLine: [UInt8] { journalEntry.serialized() + [0x0A] }
}
