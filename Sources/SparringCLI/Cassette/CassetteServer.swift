import ArgumentParser
import Foundation
import Sparring
import SparringCassette
import SparringDriver
import SparringEngine
import SparringExchange
import SparringHTTP
import SparringScenario
import SparringStore

/// Runs the server of `record` or `replay` from start to end, alone or with a program.
struct CassetteServer {
    var settings: Settings
    /// The source of the answers. The scenario's limits, faults and steps also apply to these answers.
    var source: any AnswerSource
    var scenario = MockScenario.auto
    var clock: MonotonicClock
    var upstream: UpstreamClient?
    /// Signals that stop the server.
    var signals: Signals
    var log: ServerLog
    /// The first line of output, without the base URL.
    var banner: String

    /// The number of exchanges that the admin API keeps. The cassette keeps all exchanges.
    private static let logged = 100

    /// - Returns: the exit code of the program, or the exit code for the signal that ended the program.
    func run(_ command: [String]) async throws -> Int32 {
        FileDescriptorLimit.raise()
        let resolved = try scenario.resolved()
        let listening = try Listening(settings, scenario: resolved)
        defer { listening.trust?.remove() }
        var http = HTTPServer.Configuration()
        http.host = settings.host
        http.port = settings.port
        http.report = { [log] in log.line("sparring: \($0)") }
        listening.apply(to: &http)
        var configuration = MockServer.Configuration(http: http, seed: settings.seed)
        configuration.sessionLimits.exchangesPerSession = Self.logged
        configuration.clock = clock
        configuration.adminToken = settings.adminToken
        configuration.version = Version.text
        configuration.source = source
        let conceal = { @Sendable [redaction = settings.cassette.redaction] in redaction.masked($0) }
        configuration.conceal = conceal
        let tracing = Tracing(
            of: Tracing.Subject(
                version: Version.text, scenario: resolved.name, seed: settings.seed ?? resolved.seed ?? 1,
                isTLS: listening.isTLS),
            clock: clock, log: log, conceal: conceal)
        configuration.sinks = tracing.sinks
        configuration.metrics = tracing.metrics
        let server: MockServer
        do {
            server = try await MockServer.start(MockScenario(value: resolved), configuration: configuration)
        } catch let error as HTTPServer.StartError {
            throw CommandError("\(error)", .internalError)
        }
        do {
            try readyFile?.write(server.baseURL)
        } catch {
            await server.stop(grace: .zero)
            throw error
        }
        let ending: Result<Supervision, any Error>
        do { ending = .success(try await wait(command, server, listening.trust)) } catch {
            ending = .failure(error)
        }
        signals.exitOnNext()
        upstream?.close()
        await server.stop(grace: .seconds(1))
        await tracing.close()
        readyFile?.remove()
        signals.keepUntilHere()
        try log.check()
        switch try ending.get() {
        case .ended(let status): return status.exitCode
        case .interrupted(let signal): return 128 + signal
        case .clientUnavailable(let reason): throw CommandError("\(reason)", .clientUnavailable)
        }
    }

    private func wait(
        _ command: [String], _ server: MockServer, _ trust: TrustFiles?
    ) async throws -> Supervision {
        guard command.isEmpty else {
            let environment = Supervision.environment(baseURL: server.baseURL, apiKey: server.apiKey)
                .merging(trust?.environment ?? [:]) { $1 }
            return await Supervision.of(command, environment: environment, until: signals)
        }
        if !settings.isQuiet {
            let line = trust.map { $0.line + "\n" } ?? ""
            try StandardOutput.write("sparring \(Version.text) · \(banner)\nOPENAI_BASE_URL=\(server.baseURL)\n\(line)")
        }
        return .interrupted(await signals.first())
    }

    private var readyFile: ReadyFile? { ReadyFile(settings.readyFile) }
}

/// Makes the responder that forwards requests, from settings.
enum Recording {
    /// - Parameter cassette: if nil, requests are forwarded without recording.
    static func responder(
        _ settings: CassetteSettings, cassette: (any CassetteSink)?, clock: MonotonicClock
    ) throws -> (RecordResponder, UpstreamClient) {
        let upstream = try upstream(settings, clock: clock)
        let responder = RecordResponder(
            RecordResponder.Settings(address: upstream.address, key: upstream.key), upstream: upstream.client,
            cassette: cassette ?? NoCassette(), now: { clock.now }, wallClock: WallClock.nanoseconds)
        return (responder, upstream.client)
    }

    /// The real API, and the key for it. If the key is nil, the client's key is used.
    struct Upstream {
        var address: UpstreamAddress
        var key: String?
        var client: UpstreamClient
    }

    static func upstream(_ settings: CassetteSettings, clock: MonotonicClock) throws -> Upstream {
        guard let address = settings.upstream else {
            throw CommandError(
                "the real API is not set: add --upstream https://api.openai.com/v1, or upstream: to sparring.yaml",
                .usage)
        }
        let server = UpstreamClient.Server(
            host: address.host, port: address.port, isTLS: address.isTLS, authorities: settings.upstreamCA)
        let key = try settings.upstreamKeyEnv.map(key)
        do throws(UpstreamClient.TrustError) {
            return Upstream(address: address, key: key, client: try UpstreamClient(server, clock: clock))
        } catch {
            throw CommandError("--upstream-ca: \(error)", .badFile)
        }
    }

    private static func key(_ name: String) throws -> String {
        guard let value = ProcessInfo.processInfo.environment[name], !value.isEmpty else {
            throw CommandError("--upstream-key-env: the environment variable \(name) is not set", .usage)
        }
        guard value.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw CommandError(
                "--upstream-key-env: the value of \(name) has characters that are not allowed in a header", .usage)
        }
        return value
    }

    /// Discards everything.
    private struct NoCassette: CassetteSink {
        func take(_ event: CassetteEvent, of exchange: Int) {}
    }
}

extension Settings {
    /// Refuses settings that cassettes do not support. Must be called before a cassette is created or opened.
    func checkSuitsCassettes() throws(Mistake) {
        guard speaksHTTP2 else { return }
        throw Mistake(description: "\(places[.http2] ?? ""): cassettes support HTTP/1.1 only")
    }
}
