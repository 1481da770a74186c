package import SparringConformance
import SparringEngine
import SparringExchange
import SparringJSON
import SparringWire

/// Plays a case's script without a client and without a socket, one attempt after the other.
package enum DryRun {
    /// - Returns: the status and the marbles of each answer, until the script repeats itself or ends; empty if the task does not begin
    ///   with a call over HTTP.
    package static func answers(of subject: Case) -> [(status: Int, marbles: String)] {
        let engine = Engine(scenario: subject.scenario, wallClock: { 1_700_000_000 })
        guard !subject.task.operation.isSocket, let (path, body) = subject.task.request(session: "rehearsal") else {
            return []
        }
        let request = Request(
            method: "POST", target: "/v1\(path)",
            headers: ["authorization": "Bearer sk-sparring", "content-type": "application/json"],
            body: body.serialized())
        var answers: [(status: Int, marbles: String)] = []
        for _ in 0..<20 {
            let performance = engine.respond(to: request, connection: 1, now: Moment(nanoseconds: 0))
            guard performance.exchange.decision.unmatched == nil else { break }
            let answer = (performance.exchange.decision.status, performance.script.marbles)
            if let last = answers.last, last == answer { break }
            answers.append(answer)
        }
        return answers
    }
}
