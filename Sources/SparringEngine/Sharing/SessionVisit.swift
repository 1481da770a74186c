import SparringExchange
import Synchronization

/// The sessions that one piece of work uses alone: the work for a request, for a turn of a socket, or for a step of a batch.
final class SessionVisit: Sendable {
    @TaskLocal static var current: SessionVisit?

    private struct State {
        var batches: [(session: Session, batch: TurnBatch)] = []
        /// Replacements for sessions that the store could not provide.
        var absent: [Session] = []
        var problem: StoreProblem?
    }

    private let state = Mutex(State())

    /// The session in its newest state, which only this work may change.
    /// - Returns: a replacement with the server's scenario if the store fails: the changes of the replacement and the answer are dropped.
    func enter(_ session: Session, _ turns: SessionTurns, in registry: SessionRegistry) -> Session {
        let known = state.withLock { state in
            state.batches.first { $0.session.name == session.name }?.session
                ?? state.absent.first { $0.name == session.name }
        }
        if let known { return known }
        do throws(StoreProblem) {
            let batch = try turns.begin(session, in: registry)
            state.withLock { $0.batches.append((session, batch)) }
            return session
        } catch {
            let absent = registry.standIn(for: session)
            state.withLock { state in
                state.problem = error
                state.absent.append(absent)
            }
            return absent
        }
    }

    /// The reason why the work has no effect; nil if there is no such reason so far.
    var problem: StoreProblem? { state.withLock(\.problem) }

    func fail(_ problem: StoreProblem) { state.withLock { $0.problem = problem } }

    /// Commits.
    /// - Returns: the reason why the work has no effect, or may have none.
    func leave(_ turns: SessionTurns) -> StoreProblem? {
        let (batches, problem) = state.withLock { ($0.batches, $0.problem) }
        var first = problem
        for (_, batch) in batches.reversed() {
            do throws(StoreProblem) {
                try turns.end(batch)
            } catch {
                first = first ?? error
            }
        }
        return first
    }
}

extension SessionRegistry {
    /// Does work that changes sessions. With a store, no other work can use the sessions that this work looks up, until they are committed.
    /// - Returns: the result, and the reason why the store did not accept the changes; nil if it accepted them.
    package func visit<Value>(_ work: () -> Value) -> (value: Value, problem: StoreProblem?) {
        guard let turns, SessionVisit.current == nil else { return (work(), nil) }
        let visit = SessionVisit()
        let value = SessionVisit.$current.withValue(visit) { work() }
        return (value, visit.leave(turns))
    }
}
