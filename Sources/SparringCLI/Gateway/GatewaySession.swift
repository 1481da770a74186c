import ArgumentParser
import Foundation
import SparringDriver
import SparringHTTP

/// The upstreams and the gateway, which run during one check.
struct GatewaySession {
    /// The parts that run while the work is done.
    struct Ends: Sendable {
        var client: GatewayClient
        var upstreams: UpstreamGroup
        /// The gateway's processes; empty without `--start`.
        var processes: [GatewayProcess]
    }

    var replicas: [GatewayClient.Replica]
    var identity: GatewayClient.Identity
    /// The command line that starts the gateway; nil if it is already running.
    var start: String?
    /// The template of the gateway's configuration file.
    var config: String?
    var port: Int?
    var patience: Duration
    var keepsConnections = false

    /// Starts everything, runs the work, and ends everything, even if a signal arrives.
    ///
    /// - Throws: `CommandError` if the gateway does not start or does not answer.
    func run<Value: Sendable>(
        named names: [String], _ work: @escaping @Sendable (Ends) async throws -> Value
    ) async throws -> Value {
        let signals = Signals()
        let upstreams: UpstreamGroup
        do {
            upstreams = try await UpstreamGroup.start(
                names, host: "127.0.0.1", firstPort: port ?? (start == nil ? 8080 : 0), seed: 1)
        } catch let error as HTTPServer.StartError {
            throw CommandError("\(error)", .internalError)
        }
        let task = Task { () -> Result<Value, any Error> in
            do { return .success(try await between(upstreams, work)) } catch { return .failure(error) }
        }
        signals.onFirst { task.cancel() }
        let result = await task.value
        await upstreams.stop()
        signals.keepUntilHere()
        do { return try result.get() } catch let error as LaunchError {
            throw CommandError("\(error)", .clientUnavailable)
        }
    }

    private func between<Value: Sendable>(
        _ upstreams: UpstreamGroup, _ work: (Ends) async throws -> Value
    ) async throws -> Value {
        let folder = try config.map { _ in try TemporaryFolder() }
        defer { folder?.remove() }
        let client: GatewayClient
        do {
            client = try GatewayClient(
                replicas, as: identity, clock: upstreams.clock, keepsConnections: keepsConnections,
                isAnswering: { upstreams.isAnswering })
        } catch {
            throw CommandError("--through: \(error)", .usage)
        }
        let processes = try launch(upstreams, folder)
        let result: Result<Value, any Error>
        do {
            let clock = upstreams.clock
            try await GatewayProcess.awaitReadiness(
                of: client, processes: processes, patience: start == nil ? .seconds(2) : patience, clock: { clock.now })
            result = .success(
                try await done(work, with: Ends(client: client, upstreams: upstreams, processes: processes)))
        } catch {
            result = .failure(error)
        }
        for process in processes { await process.stop() }
        return try result.get()
    }

    /// Does the work. If the work fails and a process of the gateway has ended, the message states this: another program may have answered
    /// on the gateway's port.
    private func done<Value: Sendable>(
        _ work: (Ends) async throws -> Value, with ends: Ends
    ) async throws -> Value {
        do { return try await work(ends) } catch let error as LaunchError {
            let endings = ends.processes.compactMap(\.endingWords)
            throw LaunchError(description: ([error.description] + endings).joined(separator: "\n"))
        }
    }

    /// Starts one process for all replicas, or one for each replica if the command contains the port.
    private func launch(_ upstreams: UpstreamGroup, _ folder: TemporaryFolder?) throws -> [GatewayProcess] {
        guard let start else { return [] }
        let template = GatewayTemplate(upstreams: upstreams.upstreams)
        let hasPort = start.contains("{port}")
        return try (hasPort ? replicas : Array(replicas.prefix(1))).enumerated().map { index, replica in
            var line = start.replacing("{port}", with: String(replica.server.port))
            var environment = template.environment
            environment["SPARRING_GATEWAY_PORT"] = String(replica.server.port)
            if let config, let folder {
                let name = "\(index)-\(config.split(separator: "/").last ?? "config")"
                let path = folder.url.appendingPathComponent(name).path
                let text = try template.filled(
                    try TextFile.read(config), file: config, more: ["port": String(replica.server.port)])
                try OutputFiles.write(text, to: path)
                environment["SPARRING_CONFIG"] = path
                line = line.replacing("{config}", with: path)
            }
            return try GatewayProcess.start(line, environment: environment)
        }
    }
}
