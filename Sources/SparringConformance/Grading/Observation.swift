import SparringAPI
package import SparringExchange

/// All observations of a client in one case.
package struct Observation: Sendable {
    /// The case's own token: the name of its session.
    package var session: String
    /// The exchanges of the case's session, in the order in which they started.
    package var exchanges: [Exchange]
    /// Method and target of requests that arrived during the case but belong to no session of the run, or to a case
    /// that had ended.
    package var strays: [String]
    /// Steps of the script that were not used, in words.
    package var leftOver: [String]
    package var ending: Ending
    /// The outcome that the client reported; nil if it reported none.
    package var outcome: Outcome?
    /// The end of the standard output, in the form in which the program wrote it. The case's `text` is searched in `plainOutput`.
    package var standardOutput: String
    package var standardError: String
    /// Whether the program is known to print the answers of calls of this kind.
    package var isOpen: Bool
    /// Whether an exchange was still open when the kit stopped waiting for it. A client that has finished its call may
    /// keep a connection open on which the script expects another request.
    package var isUnfinished: Bool
    /// The times at which Sparring's own timers were late during the case.
    package var lateness: [Lateness]

    package init(
        session: String, exchanges: [Exchange], strays: [String] = [], leftOver: [String] = [], ending: Ending,
        outcome: Outcome? = nil, standardOutput: String = "", standardError: String = "", lateness: [Lateness] = [],
        isOpen: Bool = false, isUnfinished: Bool = false
    ) {
        self.session = session
        self.exchanges = exchanges
        self.strays = strays
        self.leftOver = leftOver
        self.ending = ending
        self.outcome = outcome
        self.standardOutput = standardOutput
        self.standardError = standardError
        self.lateness = lateness
        self.isOpen = isOpen
        self.isUnfinished = isUnfinished
    }

    /// The way in which the program ended.
    package enum Ending: Sendable, Hashable {
        case exited(Int32)
        case signalled(Int32)
        /// A driver has reported `outcome` and keeps running.
        case reported
        /// The driver ended before it reported; the text says how it ended.
        case lost(String)
        /// The case does not apply, because the client lacks a capability; the text is the reason.
        case skipped(String)
        /// Not observed, because the program was started by hand.
        case unseen
        /// Ended at the case's deadline, `after` its start. The text `waiting` names the event that the kit was waiting for.
        case expired(after: Duration, waiting: String)
    }

    /// The time between two attempts.
    package struct Gap: Sendable, Hashable {
        package var duration: Duration
        /// The possible delay of the timestamps at both ends.
        package var lag: Duration
        /// How long this machine stood still during the gap. The client may have been delayed by the same time.
        package var standstill: Duration
    }

    /// The exchanges of the call itself, without auxiliary requests such as the list of models, without the polls of
    /// a response in the background that no step of the script answers, and without calls beside a conversation, such as
    /// a check of the prompt. On a WebSocket, each turn is an attempt, and so is each handshake that is refused.
    package var attempts: [Exchange] {
        exchanges.filter { !$0.decision.isAuxiliary && !$0.isPoll && !$0.isPreparation && !$0.isBesideConversation }
    }

    /// The time at which the client gave up an answer: it disconnected, or it cancelled the response in its Realtime session. Nil if the
    /// client did neither.
    func abandonedAt(_ exchange: Exchange) -> Moment? {
        let cancels = exchanges.filter {
            $0.request.event == "response.cancel" && $0.connection == exchange.connection && $0.number > exchange.number
        }
        return [exchange.peerGoneAt, cancels.first?.arrivedAt].compactMap(\.self).min()
    }

    /// The program's API key.
    package var key: String { "sk-sparring-\(session)" }

    /// Whether the program shows a text, in which the case's token is filled in. If there is an outcome, only the
    /// outcome counts; otherwise the standard output.
    package func shows(_ text: String) -> Bool { shownText.contains(CaseTask.fill(text, session: session)) }

    /// The text that the program shows.
    var shownText: String { outcome.map { $0.text ?? $0.partialText ?? "" } ?? plainOutput.text }

    /// The standard output without the escape sequences of terminals.
    var plainOutput: PlainOutput { PlainOutput(standardOutput) }

    /// The longest delay of Sparring's own timers.
    package var lag: Duration { lateness.map(\.duration).max() ?? .zero }

    /// The time between two attempts, counted from 1; nil if there are fewer attempts.
    package func gap(from: Int, to: Int) -> Gap? {
        let attempts = attempts
        guard from >= 1, to <= attempts.count, from < to, let left = attempts[from - 1].leftAt,
            let next = attempts[to - 1].arrivedAt
        else { return nil }
        let atItsEnds = lateness.filter { $0.reaches(left) || $0.reaches(next) }
        let within = lateness.filter { $0.came > left && $0.due < next }
        return Gap(
            duration: next - left, lag: max(atItsEnds.map(\.duration).max() ?? .zero, attempts[from - 1].stampDelay),
            standstill: within.map(\.duration).reduce(.zero, +))
    }
}

extension Exchange {
    /// Whether the client retrieved a response that the API is still generating.
    fileprivate var isPoll: Bool {
        decision.endpoint == "responses.retrieve" && decision.step == nil && decision.unmatched == nil
    }

    /// Whether the request is a call of a model that the script of a conversation does not cover.
    var isBesideConversation: Bool {
        guard decision.status == 200, decision.step == nil, decision.unmatched == nil,
            let endpoint = decision.endpoint.flatMap(Endpoint.init(rawValue:))
        else { return false }
        return Endpoint.besideConversations.contains(endpoint)
    }

    /// Whether the request opens a WebSocket, or only prepares an answer on a WebSocket: the settings of a session, an item of its
    /// conversation, a response without output.
    fileprivate var isPreparation: Bool {
        let isEvent = request.event != nil && decision.step == nil && decision.unmatched == nil
        return decision.status == 101 || isEvent && decision.status < 400
    }
}
