import ArgumentParser
import Foundation
import Sparring
import SparringEngine
import SparringExchange
import SparringHTTP
import SparringScenario

/// A running server of the command line: its settings applied, its base URL announced.
struct LiveServer {
    let server: MockServer
    private let settings: Settings

    static func start(
        _ scenario: Sparring.Scenario, settings: Settings, exchangesPerSession: Int, log: (any ExchangeSink)? = nil
    ) async throws -> LiveServer {
        FileDescriptorLimit.raise()
        var configuration = HTTPServer.Configuration()
        configuration.host = settings.host
        configuration.port = settings.port
        let server: MockServer
        do {
            server = try await MockServer.start(
                resolving: scenario, seed: settings.seed, http: configuration,
                limits: SessionRegistry.Limits(exchangesPerSession: exchangesPerSession), sinks: log.map { [$0] } ?? [],
                adminToken: settings.adminToken, version: Version.text)
        } catch let error as HTTPServer.StartError {
            throw Failure.say("sparring: \(error)", .ours)
        }
        let live = LiveServer(server: server, settings: settings)
        try live.announce()
        return live
    }

    func stop() async {
        await server.stop(grace: .seconds(1))
        if let file = settings.readyFile { try? FileManager.default.removeItem(atPath: file) }
    }

    var banner: String {
        let engine = server.engine
        let world = settings.host == "127.0.0.1" || settings.host == "::1" || settings.host == "localhost"
        let warning =
            world
            ? ""
            : "\nListening on \(settings.host): everyone who reaches this port can use the server."
                + (settings.adminToken == nil ? " Its admin API is shut: open it with --admin-token." : "")
        return """
            sparring \(Version.text) · scenario \(engine.scenario.name) · seed \(engine.seed)
            OPENAI_BASE_URL=\(server.baseURL)\(warning)
            """
    }

    private func announce() throws {
        guard let file = settings.readyFile else { return }
        do {
            try Data((server.baseURL + "\n").utf8).write(to: URL(fileURLWithPath: file), options: .atomic)
        } catch {
            throw Failure.say("sparring: cannot write the ready file \(file): \(error.localizedDescription)", .ours)
        }
    }
}
