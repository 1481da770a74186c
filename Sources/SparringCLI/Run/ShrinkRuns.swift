import ArgumentParser
import Sparring
import SparringDriver
import SparringEngine
import SparringExchange
import SparringScenario

/// The runs of `sparring shrink`: the same program and the same scenario, but different faults each time.
struct ShrinkRuns {
    let command: [String]
    let original: SparringScenario.Scenario
    let settings: Settings
    let seed: UInt64
    /// The maximum number of runs.
    let limit: Int

    /// A call that got a random fault.
    struct Met: Sendable {
        var session: String
        var digest: UInt64
        var attempt: Int
        var call: Int
        var strike: Chaos.RandomFault
        /// The request, described for people.
        var request: String

        func planned(byNumber: Bool) -> Chaos.Planned {
            Chaos.Planned(
                session: session, call: byNumber ? .number(call) : .request(digest, attempt: attempt), strike: strike)
        }
    }

    /// Runs the program with the faults that are drawn from the seed. Returns these faults and the exit code.
    func draw() async throws -> (met: [Met], exitCode: Int32) {
        let (report, code) = try await run(original.chaos)
        let strikes = (original.chaos?.strikes ?? []) + (original.chaos?.windows.flatMap(\.strikes) ?? [])
        let met = report.exchanges.compactMap { exchange -> Met? in
            guard let drawn = exchange.decision.chaos,
                let strike = strikes.first(where: { $0.sourceText == drawn.source })
            else { return nil }
            return Met(
                session: exchange.session, digest: drawn.digest, attempt: exchange.decision.attempt, call: drawn.call,
                strike: strike, request: exchange.recognizable)
        }
        try say("seed \(seed): the program exited with \(code) and met \(met.count) faults of chaos")
        return (met, code)
    }

    /// A schedule of the drawn faults with which the program still fails. Calls are identified by their request or, if requests
    /// differ from run to run, by their order.
    func reproducing(_ met: [Met]) async throws -> [(met: Met, planned: Chaos.Planned)] {
        for byNumber in [false, true] {
            let schedule = met.map { ($0, $0.planned(byNumber: byNumber)) }
            if try await fails(schedule) { return schedule }
        }
        throw CommandError(
            "the program passes with the same \(met.count) faults on the same calls: it does not fail in every run",
            .internalError)
    }

    func shrink(
        _ schedule: [(met: Met, planned: Chaos.Planned)]
    ) async throws -> [(met: Met, planned: Chaos.Planned)] {
        var shrinking = Shrinking(failing: schedule)
        while shrinking.tries < limit, let part = shrinking.next() {
            let fails = try await fails(part)
            shrinking.tried(fails: fails)
            try say("\(part.count) of \(schedule.count) faults: \(fails ? "still fails" : "passes")")
        }
        return shrinking.kept
    }

    private func fails(_ schedule: [(met: Met, planned: Chaos.Planned)]) async throws -> Bool {
        try await run(Chaos(schedule: schedule.map(\.planned))).exitCode != 0
    }

    private func run(_ chaos: Chaos?) async throws -> (report: RunReport, exitCode: Int32) {
        var scenario = original
        scenario.chaos = chaos
        scenario.seed = seed
        // Each run needs its own `Signals`, because a stream can be read only once.
        let signals = Signals()
        let log = signals.log()
        let live = try await LiveServer.start(
            MockScenario(value: scenario), settings: settings, exchangesPerSession: 10_000, log: log)
        let ending = await Supervision.of(
            command, environment: live.environment, until: signals, onlyErrors: true)
        signals.keepUntilHere()
        _ = await live.stop()
        try log.check()
        switch ending {
        case .clientUnavailable(let reason): throw CommandError("\(reason)", .clientUnavailable)
        case .interrupted(let signal): throw ExitCode(128 + signal)
        case .ended(let status): return (RunReport(live.server.engine), status.exitCode)
        }
    }

    private func say(_ line: String) throws { if !settings.isQuiet { try StandardError.write("sparring: \(line)\n") } }
}
