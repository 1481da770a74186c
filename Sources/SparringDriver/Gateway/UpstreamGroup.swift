package import Sparring
package import SparringConformance
import SparringEngine
import SparringExchange
package import SparringHTTP
package import SparringScenario
package import SparringTokens

/// The upstreams of a gateway. Each upstream is a server with its own name, port and keys.
package final class UpstreamGroup: Sendable {
    package struct Upstream: Sendable {
        package let name: String
        package let server: MockServer
        /// The keys of this upstream that the gateway is given.
        package var keys: [String] { UpstreamGroup.keys(of: name) }
        /// `http://127.0.0.1:49152/v1`
        package var baseURL: String { server.baseURL }
        var address: String { "\(server.host):\(server.port)" }
    }

    package let upstreams: [Upstream]
    package let clock: MonotonicClock
    private let echo: Scenario

    /// The keys of an upstream. The keys are not real secrets; a case checks that no client receives them. No key begins with
    /// `sk-sparring-`, because such a key would name a session other than the case's.
    package static func keys(of name: String) -> [String] { ["sk-upstream-\(name)-1", "sk-upstream-\(name)-2"] }

    /// - Parameter firstPort: the port of the first upstream; the other ports follow it. 0 chooses free ports.
    package static func start(
        _ names: [String], host: String, firstPort: Int, seed: UInt64, counters: TokenCounters = .estimates
    ) async throws -> UpstreamGroup {
        let clock = MonotonicClock()
        let echo = GatewayCaseParser.echo(errors: MockScenario.catalogue)
        var upstreams: [Upstream] = []
        for (index, name) in names.enumerated() {
            let port = firstPort == 0 ? 0 : firstPort + index
            var configuration = MockServer.Configuration(host: host, port: port, seed: seed &+ UInt64(index))
            configuration.counters = counters
            configuration.clock = clock
            do {
                let server = try await MockServer.start(MockScenario(value: echo), configuration: configuration)
                upstreams.append(Upstream(name: name, server: server))
            } catch {
                for upstream in upstreams { await upstream.server.stop() }
                throw error
            }
        }
        return UpstreamGroup(upstreams, clock: clock, echo: echo)
    }

    private init(_ upstreams: [Upstream], clock: MonotonicClock, echo: Scenario) {
        self.upstreams = upstreams
        self.clock = clock
        self.echo = echo
    }

    package func stop() async { for upstream in upstreams { await upstream.server.stop() } }

    /// Gives every upstream its script. An upstream without a script repeats prompts. Records of earlier requests are dropped.
    package func play(_ scripts: [String: Scenario]) {
        for upstream in upstreams {
            var script = scripts[upstream.name] ?? echo
            script.isGraded = true
            upstream.server.engine.sessions.register(
                RequestAddress.defaultName, scenario: script, now: upstream.server.now)
        }
    }

    /// Whether an upstream has received a request that it is still answering.
    package var isAnswering: Bool { upstreams.contains { !$0.isIdle } }

    /// Waits until no upstream is sending an answer, but not longer than `patience`.
    package func rest(for patience: Duration) async {
        let start = clock.now
        while isAnswering, clock.now - start < patience, !Task.isCancelled {
            try? await Task.sleep(for: .milliseconds(5))
        }
    }

    /// For each upstream, the requests since its script began whose body contains the token.
    package func observed(token: String) -> [GatewayObservation.Upstream] {
        upstreams.map { upstream in
            let exchanges = upstream.session?.endedExchanges.sorted { $0.startedAt < $1.startedAt } ?? []
            return GatewayObservation.Upstream(
                name: upstream.name, address: upstream.address, keys: upstream.keys,
                exchanges: exchanges.filter { !$0.decision.isAuxiliary && $0.carries(token) },
                isUnfinished: !upstream.isIdle)
        }
    }
}

extension UpstreamGroup.Upstream {
    fileprivate var session: SparringEngine.Session? {
        server.engine.sessions.existing(RequestAddress.defaultName)
    }

    fileprivate var isIdle: Bool { session?.idleSince != nil }
}
