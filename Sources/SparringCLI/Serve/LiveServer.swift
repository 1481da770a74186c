import ArgumentParser
import Foundation
import Sparring
import SparringAPI
import SparringConformance
import SparringDriver
import SparringEngine
import SparringExchange
import SparringHTTP
import SparringPostgres
import SparringScenario
import SparringStore
import SparringTokens

/// A running server of the command line, with its settings applied.
struct LiveServer {
    let server: MockServer
    private let listening: Listening
    private let settings: Settings
    private let journal: LiveJournal
    let tracing: Tracing
    private let vocabularies: Vocabularies
    /// Tells the other servers of a store that this server is running; nil without a store.
    private let reports: Task<Void, Never>?

    /// - Parameter objects: the database for files, batches and collections; nil for a file.
    static func start(
        _ scenario: MockScenario, settings: Settings, exchangesPerSession: Int, log: ServerLog,
        sinks: [any ExchangeSink] = [], objects: PostgresLocation? = nil
    ) async throws -> LiveServer {
        let prices = try settings.prices.map(ScenarioFiles.prices) ?? .builtIn
        let document = try settings.openapi.map(ScenarioFiles.document)
        let resolved = try settings.resolve(scenario)
        let timeScale = try settings.sessionTimeScale()
        let seed = settings.seed ?? resolved.seed ?? 1
        let journal = try LiveJournal(
            scenario: resolved.name, seed: seed, settings: settings, log: log, objects: objects)
        let listening = try Listening(settings, scenario: resolved)
        let tracing = Tracing(
            of: Tracing.Subject(
                version: Version.text, scenario: resolved.name, seed: seed, isTLS: listening.isTLS),
            clock: journal.clock, log: log)
        return try await start(settings, journal: journal, listening: listening, tracing: tracing) { http, counters in
            var configuration = MockServer.Configuration(http: http, seed: settings.seed)
            configuration.checks = settings.validation
            configuration.models = settings.models
            configuration.sessionLimits.exchangesPerSession = exchangesPerSession
            configuration.counters = counters
            configuration.store = journal.objects
            if let fleet = journal.fleet {
                configuration.sharedSessions = fleet.sessions
                configuration.sharedJournal = journal.extent
                configuration.journal = journal.extent == .nothing ? nil : fleet.journal
                configuration.sharedUsage = fleet.usage
                configuration.sharedNews = journal.extent == .nothing ? nil : fleet.news
                configuration.replica = fleet.name
                configuration.replicas = { [servers = fleet.servers] in servers.all }
                configuration.report = { log.line("sparring: 503: \($0)") }
            }
            configuration.sinks = sinks + journal.sinks + tracing.sinks
            configuration.metrics = tracing.metrics
            configuration.clock = journal.clock
            configuration.adminToken = settings.adminToken
            configuration.timeScale = timeScale
            configuration.version = Version.text
            configuration.prices = prices
            configuration.document = document
            configuration.servesRetired = settings.retired == .serve
            return try await MockServer.start(MockScenario(value: resolved), configuration: configuration)
        }
    }

    /// Starts the server for cases. Each case has its own session; all other requests are strays.
    /// - Parameter subjects: the cases to play; a case with a TLS listener needs certificates.
    static func startForCases(
        _ settings: Settings, log: ServerLog, isolation: Isolation = .sessions, listening subjects: [Case] = []
    ) async throws -> (LiveServer, CaseServer) {
        let seed = settings.seed ?? 1
        let journal = try LiveJournal(scenario: "cases", seed: seed, settings: settings, log: log)
        let needsTLS = subjects.contains { $0.scenario.listener?.isTLS == true }
        let listening = try Listening(settings, scenario: nil, needsCertificates: needsTLS)
        let tracing = Tracing(
            of: Tracing.Subject(version: Version.text, scenario: "cases", seed: seed, isTLS: listening.isTLS),
            clock: journal.clock, log: log)
        var cases: CaseServer?
        let live = try await start(settings, journal: journal, listening: listening, tracing: tracing) {
            configuration, counters in
            let server = try await CaseServer.start(
                http: configuration, seed: seed, validation: settings.validation, models: settings.models,
                counters: counters,
                isolation: isolation, sinks: journal.sinks + tracing.sinks, clock: journal.clock,
                identities: listening.identities,
                keepsBytes: settings.tracesAll, metrics: tracing.metrics)
            cases = server
            return server.server
        }
        guard let cases else { throw CommandError("the server for the cases did not start", .internalError) }
        return (live, cases)
    }

    private static func start(
        _ settings: Settings, journal: LiveJournal, listening: Listening, tracing: Tracing,
        _ start: (HTTPServer.Configuration, TokenCounters) async throws -> MockServer
    ) async throws -> LiveServer {
        FileDescriptorLimit.raise()
        let vocabularies = try Vocabularies(settings)
        // Hashing five megabytes takes time, so the server starts while the hash is computed.
        async let check: Void = vocabularies.check()
        var configuration = HTTPServer.Configuration()
        configuration.host = settings.host
        configuration.port = settings.port
        configuration.report = { [log = journal.log] in log.line("sparring: \($0)") }
        listening.apply(to: &configuration)
        let server: MockServer
        do {
            server = try await start(configuration, vocabularies.counters)
        } catch let error as HTTPServer.StartError {
            _ = await journal.close()
            throw CommandError("\(error)", .internalError)
        }
        do {
            try await check
        } catch {
            await server.stop(grace: .zero)
            _ = await journal.close()
            throw error
        }
        let live = LiveServer(
            server: server, listening: listening, settings: settings, journal: journal, tracing: tracing,
            vocabularies: vocabularies,
            reports: journal.fleet?.report(
                server.baseURL, log: journal.log, gauges: { [engine = server.engine] in engine.gauges }))
        do {
            try live.announce()
        } catch {
            _ = await live.stop()
            throw error
        }
        return live
    }

    /// Stops the server, then closes the journal and the traces, so that both contain every answer.
    ///
    /// - Returns: false if the journal is incomplete; the log then has a line about the missing part.
    func stop() async -> Bool {
        await server.stop(grace: .seconds(1))
        reports?.cancel()
        await reports?.value
        journal.fleet?.end()
        let isComplete = await journal.close()
        await tracing.close()
        listening.trust?.remove()
        readyFile?.remove()
        return isComplete
    }

    /// Switches the server to another scenario. The server's listeners do not change.
    /// - Returns: the reason why the server cannot use the scenario; nil if it can.
    func replace(with scenario: SparringScenario.Scenario) -> String? {
        server.replace(with: scenario)
    }

    /// The environment of a program: the server's address, and the certificates to trust.
    var environment: [String: String] {
        Supervision.environment(of: server).merging(trust) { $1 }
    }

    /// The part of the environment that makes a program trust the server's certificate.
    var trust: [String: String] { listening.trust?.environment ?? [:] }

    var banner: String {
        let engine = server.engine
        let world = settings.host == "127.0.0.1" || settings.host == "::1" || settings.host == "localhost"
        let warning =
            world || settings.isPublic
            ? ""
            : "\nListening on \(settings.host): everyone who reaches this port can use the server."
                + (settings.adminToken == nil ? " The server's admin API is closed; --admin-token opens the API." : "")
        let kept = settings.db.flatMap { file in settings.journal.map { "\njournal \(file) (\($0.rawValue))" } } ?? ""
        return """
            sparring \(Version.text) · scenario \(engine.scenario.name) · seed \(engine.seed)
            OPENAI_BASE_URL=\(server.baseURL)
            \(vocabularies.line)\(kept)\(shared)\(trusted)\(warning)
            """
    }

    private var shared: String {
        guard journal.objects.isShared, let place = settings.store else { return "" }
        return """

            store \(place), server \(journal.fleet?.name ?? ""): all servers share steps, limits, clocks, scenarios, the journal, usage, files and batches.
            Not shared: stored responses and conversations, fine-tuning jobs, open streams.
            """
    }

    private var trusted: String { listening.trust.map { "\n" + $0.line } ?? "" }

    private var readyFile: ReadyFile? { ReadyFile(settings.readyFile) }

    private func announce() throws {
        try readyFile?.write(server.baseURL)
    }
}

extension Settings {
    /// A scenario with the settings that override it.
    func resolve(_ scenario: MockScenario) throws -> SparringScenario.Scenario {
        var resolved = try scenario.resolved()
        if takesPromptFaults { resolved.takesPromptFaults = true }
        if let faults { resolved.faults = faults }
        return resolved
    }
}
