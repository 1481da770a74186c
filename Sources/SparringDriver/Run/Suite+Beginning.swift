import SparringConformance
import SparringExchange
import SparringScenario

/// The beginning of a run: a plain call that passes. If no plain call passes, a failed case proves nothing.
extension Suite {
    struct Beginning: Sendable {
        /// A plain conversation. For a client without conversations, this is the first probe that passes.
        var call: Case
        var run: CaseRun
        /// The probes that were played to find this call; empty if the call is the conversation.
        var probes: [CaseRun] = []
    }

    /// Plays the plain conversation. If the client does something else, such as embedding, plays the probes.
    /// - Parameter cases: the selected cases.
    func begin(_ cases: [Case], on server: CaseServer, _ tell: (RunEvent) -> Void) async throws(LaunchError)
        -> Beginning
    {
        let claims = ClientCapabilities(said: said)
        var events: [RunEvent] = []
        let hello = try await alone(sanity, round: 1, on: server, hello: nil, claims) { events.append($0) }
        if hello.mayDoOtherwise, !Task.isCancelled {
            var others: [RunEvent] = []
            let runs = try await together(probes(for: cases, on: server), on: server, hello: nil, claims) {
                others.append($0)
            }
            let passed = runs.filter(\.isPlainCall)
            let first = probes.lazy.compactMap { probe in passed.first { $0.session.subject.id == probe.id } }.first
            if let first {
                CaseRun.skipped(sanity, missing: [.chat]).forEach(tell)
                others.forEach(tell)
                return Beginning(call: first.session.subject, run: first, probes: runs)
            }
        }
        events.forEach(tell)
        return Beginning(call: sanity, run: hello)
    }

    /// The probes that show whether some of the cases apply.
    func probes(for cases: [Case], on server: CaseServer) -> [Case] {
        let needed = cases.reduce(into: Set<Capability>()) { $0.formUnion($1.requires) }
        let isSerial = server.isolation.isSerial
        // A driver has declared its features, so only the declared features are probed.
        return probes.filter {
            !$0.requires.isDisjoint(with: needed) && (!driver.isShared || $0.requires.isSubset(of: said))
                && !(isSerial && $0.scenario.listener != nil)
        }
    }
}

extension CaseRun {
    /// Whether the client made the call of a probe without any mistake.
    fileprivate var isPlainCall: Bool {
        verdict == .pass && session.subject.requires.isSubset(of: observation.shown)
    }

    /// Whether the client may be a client without conversations: it requested no conversation, and it did not hang or crash before its
    /// first request.
    fileprivate var mayDoOtherwise: Bool {
        guard verdict != .pass, !observation.hasConversation else { return false }
        return observation.attempts.isEmpty ? !observation.ending.isAbrupt : true
    }
}
