package import SparringAPI
package import SparringExchange
import SparringJSON
package import SparringScenario
package import SparringTokens
import SparringWire

/// Decides what every request gets: address → route → check → match → commit → render → script.
///
/// Pure but for the sessions' locks. The wall clock is a parameter: it ends up in `date` and `created` only.
package struct Engine: Responder {
    /// What sessions play by unless they were registered with a scenario of their own.
    package let world: World
    package let seed: UInt64
    package let sessions: SessionRegistry
    private let wallClock: @Sendable () -> Int
    private let sinks: [any ExchangeSink]
    private let document: OpenAPIDocument?

    /// - Parameters:
    ///   - seed: overrides the scenario's own.
    ///   - wallClock: Unix seconds.
    ///   - validation: overrides the scenarios' own.
    ///   - counters: count tokens.
    ///   - sinks: are handed every finished exchange.
    ///   - document: answers operations that have no emulation.
    package init(
        scenario: Scenario, seed: UInt64? = nil, validation: Validation? = nil, counters: TokenCounters = .estimates,
        limits: SessionRegistry.Limits = SessionRegistry.Limits(), sinks: [any ExchangeSink] = [],
        document: OpenAPIDocument? = nil, wallClock: @escaping @Sendable () -> Int
    ) {
        world = World(scenario, validation: validation, counters: counters)
        self.seed = seed ?? scenario.seed ?? 1
        self.sinks = sinks
        self.document = document
        self.wallClock = wallClock
        sessions = SessionRegistry(world: world, seed: self.seed, limits: limits)
    }

    package var scenario: Scenario { world.scenario }

    package func respond(to request: Request, connection: Int, now: Moment) -> Performance {
        var desk = Desk(
            sessions: sessions, request: request, connection: connection, now: now, document: document,
            unixTime: wallClock())
        return desk.perform()
    }

    package func respond(to problem: RequestProblem, head: Request?, connection: Int, now: Moment) -> Performance {
        let request = head ?? Request(method: "?", target: "?")
        var desk = Desk(
            sessions: sessions, request: request, connection: connection, now: now, document: document,
            unixTime: wallClock())
        return desk.reject(problem)
    }

    package func ended(_ performance: Performance, timeline: Timeline) {
        sessions.existing(performance.exchange.session)?.end(
            performance.exchange.number, connection: performance.exchange.connection, timeline: timeline)
        guard !sinks.isEmpty else { return }
        var exchange = performance.exchange
        exchange.timeline = timeline
        for sink in sinks { sink.receive(exchange, played: performance.script) }
    }
}
