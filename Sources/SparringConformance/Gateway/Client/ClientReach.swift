import SparringJSON
import SparringWire

/// What a client under test can do in the place of Sparring's own client.
package struct ClientReach: Sendable, Hashable {
    /// The capabilities that a driver states; nil for a program, which states none.
    package var capabilities: Set<Capability>?
    /// The number of calls at the same time.
    package var concurrency: Int
    /// The longest prompt in bytes.
    package var longestPrompt: Int

    package init(capabilities: Set<Capability>?, concurrency: Int) {
        self.capabilities = capabilities
        self.concurrency = concurrency
        // The task is a variable of the program's environment, and a pipe's content. A driver reads a line.
        longestPrompt = capabilities == nil ? 32_768 : 1 << 20
    }

    /// The reason why the client's side of a case cannot be played, and what to do instead; nil if it can.
    package func obstacle(to subject: GatewayCase) -> String? {
        let reason =
            subject.calls.compactMap { obstacle(to: $0) }.first
            ?? (subject.requirements.allSatisfy { $0.question.unreported != nil }
                ? subject.requirements.first?.question.unreported : nil)
        return reason.map { "\($0); play this case without a client of your own" }
    }

    private func obstacle(to call: GatewayCall) -> String? {
        if !call.body.isEmpty {
            return
                "a client gets no parameters with its task, and the case sends \(call.body.names.joined(separator: ", "))"
        }
        if !call.headers.fields.isEmpty { return "a client gets no header fields with its task" }
        if call.leave != nil { return "a client does not report the moment at which it disconnects" }
        if call.pause != nil { return "a client has no task that stops reading for a time" }
        if call.isTogether, call.times > concurrency {
            return "the case makes \(call.times) calls at a time, and the client makes at most \(concurrency)"
        }
        if call.filler > longestPrompt {
            return "the case has a prompt of \(call.filler) bytes, and the client gets at most \(longestPrompt)"
        }
        let needed = call.isStream ? Capability.chatStream : .chat
        if let capabilities, !capabilities.contains(needed) {
            return "the driver does not have the capability \(needed.rawValue)"
        }
        return nil
    }
}

extension GatewayRequirement.Question {
    /// The reason why a requirement cannot be judged by what a client reports; nil if it can, or if the upstreams' side is enough.
    var unreported: String? {
        switch self {
        case .status, .text, .wholeStream, .brokenStream, .distinct: nil
        case .attempts, .attemptsPerCall, .parameters, .pauses, .limit, .budget, .spend: nil
        case .usage: "a client does not report the usage of an answer"
        case .header, .requestID, .cost: "a client does not report the head of an answer"
        case .error: "a client does not report the members of an error"
        case .contains, .hidesKeys, .hidesAddresses: "a client does not report the bytes of an answer"
        case .paced: "a client does not report the times of events"
        case .stops: "a client does not report the moment at which it disconnects"
        case .fullBudget: "a client does not report which answers are the gateway's own"
        }
    }
}
