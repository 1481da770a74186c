import ArgumentParser
import Foundation
import Sparring
import SparringDriver
import SparringEngine
import SparringExchange
import SparringHTTP
import SparringStore
import SparringTape

/// A server of `record` or `replay`, from its start to its end, alone or beside a program.
struct TapeServer {
    var settings: Settings
    /// Answers; what the scenario orders comes on top.
    var source: any AnswerSource
    var scenario = MockScenario.auto
    var clock: MonotonicClock
    var upstream: UpstreamClient?
    /// Stop it.
    var signals: Signals
    var log: ServerLog
    /// What is said when it listens, without the base URL.
    var banner: String

    /// Exchanges that the admin API can tell of; the tape has them all.
    private static let logged = 100

    /// - Returns: the exit code of the program, or that of the signal that ended it.
    func run(_ command: [String]) async throws -> Int32 {
        FileDescriptorLimit.raise()
        let resolved = try scenario.resolved()
        let listening = try Listening(settings, scenario: resolved)
        defer { listening.trust?.remove() }
        var http = HTTPServer.Configuration()
        http.host = settings.host
        http.port = settings.port
        listening.apply(to: &http)
        var configuration = MockServer.Configuration(http: http, seed: settings.seed)
        configuration.sessionLimits.exchangesPerSession = Self.logged
        configuration.clock = clock
        configuration.adminToken = settings.adminToken
        configuration.version = Version.text
        configuration.source = source
        configuration.conceal = { [redaction = settings.tape.redaction] in redaction.masked($0) }
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

/// What passes requests on, made of settings.
enum Recording {
    /// - Parameter tape: nil passes on without keeping anything.
    static func responder(
        _ settings: TapeSettings, tape: (any TapeSink)?, clock: MonotonicClock
    ) throws -> (RecordResponder, UpstreamClient) {
        let upstream = try upstream(settings, clock: clock)
        let responder = RecordResponder(
            RecordResponder.Settings(address: upstream.address, key: upstream.key), upstream: upstream.client,
            tape: tape ?? NoTape(), now: { clock.now }, wallClock: WallClock.nanoseconds)
        return (responder, upstream.client)
    }

    /// The real API, and the key that it is asked with; nil: the client's.
    struct Upstream {
        var address: UpstreamAddress
        var key: String?
        var client: UpstreamClient
    }

    static func upstream(_ settings: TapeSettings, clock: MonotonicClock) throws -> Upstream {
        guard let address = settings.upstream else {
            throw CommandError(
                "where is the real API? --upstream https://api.openai.com/v1, or upstream: in sparring.yaml",
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
            throw CommandError("--upstream-key-env: the environment has no \(name)", .usage)
        }
        guard value.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw CommandError("--upstream-key-env: \(name) holds what no header can carry", .usage)
        }
        return value
    }

    /// Keeps nothing.
    private struct NoTape: TapeSink {
        func take(_ event: TapeEvent, of exchange: Int) {}
    }
}

extension Settings {
    /// Before a tape is made or opened.
    func checkSuitsTapes() throws(Mistake) {
        guard speaksHTTP2 else { return }
        throw Mistake(description: "\(places[.http2] ?? ""): tapes are recorded and played in HTTP/1.1")
    }
}
