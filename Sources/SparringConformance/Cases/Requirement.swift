package import SparringScenario

/// The subject of a check: one leaf of an expectation, or one of the requirements that every case has.
package struct Requirement: Sendable, Hashable {
    package enum Question: Sendable, Hashable {
        case exit(Expectation.Exit)
        case text(Expectation.Text)
        case atMostOnce(String)
        case notShown(String)
        case calls([Expectation.ToolCall])
        /// Each call in a later request has one result with its id.
        case results
        case noCalls
        case usage(Int)
        case runsOnce
        case attempts(ClosedRange<Int>)
        case gapMinimum(from: Int, to: Int, Duration)
        case gapMaximum(from: Int, to: Int, Duration)
        case identical(Expectation.Part)
        case distinct(Expectation.Part)
        case header(Expectation.Header)
        case notInURL(String)
        case sameHostOnly(String)
        case disconnects(Expectation.Disconnect)
        case connections(Expectation.Connections)
        case hosts(ClosedRange<Int>)
        case outcomeOK(Bool)
        case outcomeText(String)
        case errorKind([ErrorKind])
        case deadline
        case scriptConsumed
        case noExtraRequest
        case noStray
        case harnessWireValid
    }

    /// The part of the check's id after `#`.
    package var slug: String
    package var level: Level
    package var question: Question

    /// Whether every case has the requirement. Built-in checks judge the run; a case does not pass only because of built-in checks.
    package var isBuiltIn: Bool {
        switch question {
        case .deadline, .scriptConsumed, .noExtraRequest, .noStray, .harnessWireValid: true
        default: false
        }
    }

    /// Whether the requirement is an upper limit of a time.
    package var isUpperTimeBound: Bool {
        switch question {
        case .deadline, .gapMaximum, .disconnects: true
        default: false
        }
    }
}

extension Expectation {
    /// - Parameter level: the case's level, for leaves that have no level.
    package func requirements(level: Level) -> [Requirement] {
        var all: [Requirement] = []
        func ask(_ slug: String, _ question: Requirement.Question, at own: Level? = nil) {
            all.append(Requirement(slug: slug, level: own ?? level, question: question))
        }
        if let exit, exit != .any { ask("exit", .exit(exit)) }
        if let text { ask("text", .text(text)) }
        for (index, text) in atMostOnce.enumerated() { ask("at_most_once.\(index + 1)", .atMostOnce(text)) }
        for (index, text) in notShown.enumerated() { ask("not_shown.\(index + 1)", .notShown(text)) }
        if let calls {
            ask(calls.isEmpty ? "no-calls" : "calls", calls.isEmpty ? .noCalls : .calls(calls))
            if !calls.isEmpty { ask("results", .results) }
        }
        if let usage { ask("usage", .usage(usage)) }
        if runsOnce { ask("runs", .runsOnce) }
        for bound in attempts {
            // Two bounds of the attempts must have different ids.
            ask(bound.level.map { "attempts.\($0.rawValue)" } ?? "attempts", .attempts(bound.range), at: bound.level)
        }
        for gap in gaps {
            let slug = "gap.\(gap.from)-\(gap.to)"
            if let minimum = gap.minimum {
                ask("\(slug).min", .gapMinimum(from: gap.from, to: gap.to, minimum), at: gap.level)
            }
            if let maximum = gap.maximum {
                // A busy machine may delay a client, so an upper bound is only a SHOULD.
                let lenient = (gap.level ?? level) == .must ? Level.should : gap.level
                ask("\(slug).max", .gapMaximum(from: gap.from, to: gap.to, maximum), at: lenient)
            }
        }
        for part in identical { ask("identical.\(part.rawValue)", .identical(part)) }
        for part in distinct { ask("distinct.\(part.rawValue)", .distinct(part)) }
        for header in headers { ask("header.\(header.attempt).\(header.name)", .header(header), at: header.level) }
        for (index, text) in notInURL.enumerated() { ask("not_in_url.\(index + 1)", .notInURL(text)) }
        for name in sameHostOnly { ask("same_host_only.\(name)", .sameHostOnly(name)) }
        for disconnect in disconnects {
            ask("disconnects.\(disconnect.attempt)", .disconnects(disconnect), at: disconnect.level)
        }
        for expected in connections {
            ask("connections.\(expected.count.rawValue)", .connections(expected), at: expected.level)
        }
        if let hosts { ask("hosts", .hosts(hosts.range), at: hosts.level) }
        if let ok = outcome.ok { ask("outcome.ok", .outcomeOK(ok)) }
        if let text = outcome.text { ask("outcome.text", .outcomeText(text)) }
        if !outcome.kinds.isEmpty { ask("outcome.error.kind", .errorKind(outcome.kinds)) }
        ask("deadline", .deadline)
        ask("script-consumed", .scriptConsumed)
        ask("no-extra-request", .noExtraRequest)
        ask("no-stray", .noStray)
        ask("harness-wire-valid", .harnessWireValid, at: .must)
        return all
    }
}
