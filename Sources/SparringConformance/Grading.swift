import SparringExchange
import SparringWire

/// Holds an observation against a case. Pure: the same sight gives the same verdicts.
package enum Grading {
    package static func checks(of subject: Case, seeing observation: Observation) -> [Check] {
        let requirements = subject.expectation.requirements(level: subject.level)
        if case .skipped(let reason) = observation.ending {
            return requirements.map { requirement in
                Check(
                    id: "\(subject.id)#\(requirement.slug)", level: requirement.level, verdict: .skip,
                    requirement: requirement.question.sentence, expected: "nothing: the case does not apply",
                    actual: reason, isBuiltIn: requirement.isBuiltIn)
            }
        }
        return requirements.map { requirement in
            let finding = find(requirement.question, level: requirement.level, observation)
            return Check(
                id: "\(subject.id)#\(requirement.slug)", level: requirement.level, verdict: finding.verdict,
                requirement: requirement.question.sentence, expected: finding.expected, actual: finding.actual,
                isBuiltIn: requirement.isBuiltIn)
        }
    }

    struct Finding {
        var verdict: Verdict
        var expected: String
        var actual: String

        init(_ verdict: Verdict, expected: String, actual: String) {
            self.verdict = verdict
            self.expected = expected
            self.actual = actual
        }

        init(_ holds: Bool, _ level: Level, expected: String, actual: String) {
            self.init(holds ? .pass : Verdict(breaking: level), expected: expected, actual: actual)
        }
    }

    private static func find(_ question: Requirement.Question, level: Level, _ seen: Observation) -> Finding {
        switch question {
        case .exit(let exit): exitCode(exit, level, seen)
        case .text(let text): output(text, seen)
        case .attempts(let range):
            Finding(
                range.contains(seen.attempts.count), level, expected: range.inWords("request"),
                actual: "\(seen.attempts.count)")
        case .gapMinimum(let from, let to, let bound):
            gap(from, to, seen, expected: "at least \(bound.inWords)") { gap in
                (Tolerance.least(bound, gap: gap.duration, lag: gap.lag, level: level), gap.lag)
            }
        case .gapMaximum(let from, let to, let bound):
            gap(from, to, seen, expected: "at most \(bound.inWords)") { gap in
                let late = max(gap.lag, gap.standstill)
                return (Tolerance.most(bound, gap: gap.duration, late: late, level: level), late)
            }
        case .identical(let part): identical(part, level, seen)
        case .distinct(let part): distinct(part, level, seen)
        case .header(let header): self.header(header, level, seen)
        case .outcomeOK(let ok): outcomeOK(ok, level, seen)
        case .outcomeText(let text): outcomeText(text, level, seen)
        case .errorKind(let kinds): errorKind(kinds, level, seen)
        case .deadline: deadline(seen)
        case .scriptConsumed:
            Finding(
                seen.leftOver.isEmpty, level, expected: "every step answers",
                actual: seen.leftOver.isEmpty
                    ? "every step answered" : "left over: \(seen.leftOver.joined(separator: "; "))")
        case .noExtraRequest:
            list(
                seen.attempts.compactMap { exchange in
                    exchange.decision.unmatched.map { "\(exchange.request.method) \(exchange.request.target): \($0)" }
                }, level, expected: "no request beyond the script")
        case .noStray: list(seen.strays, level, expected: "no request outside the case")
        case .harnessWireValid: harness(seen)
        }
    }

    private static func list(_ offences: [String], _ level: Level, expected: String) -> Finding {
        Finding(
            offences.isEmpty, level, expected: expected,
            actual: offences.isEmpty ? "none" : offences.joined(separator: "; "))
    }

    // MARK: The program

    private static func exitCode(_ exit: Expectation.Exit, _ level: Level, _ seen: Observation) -> Finding {
        // A driver has no exit code for a call, and one that prints an outcome has said it in so many words.
        if let outcome = seen.outcome { return outcomeOK(exit == .zero, level, outcome) }
        let expected = exit == .zero ? "exit code 0" : "an exit code other than 0"
        switch seen.ending {
        case .exited(let code):
            return Finding((code == 0) == (exit == .zero), level, expected: expected, actual: "exit code \(code)")
        case .signalled(let signal):
            return Finding(false, level, expected: expected, actual: "ended by signal \(signal)")
        case .lost(let how): return Finding(false, level, expected: expected, actual: how)
        case .unseen, .reported, .skipped:
            return Finding(.unobserved, expected: expected, actual: "nobody watched it")
        case .expired: return Finding(.unobserved, expected: expected, actual: "it was ended at its deadline")
        }
    }

    /// A program that shows its answer proves what it has read; one that does not show it proves nothing.
    private static func output(_ text: String, _ seen: Observation) -> Finding {
        let isShown = seen.shows(text)
        let text = CaseTask.fill(text, session: seen.session)
        return Finding(
            isShown ? .pass : .unobserved, expected: "“\(text)” on standard output",
            actual: isShown ? "it is there" : "it is not there")
    }

    private static func deadline(_ seen: Observation) -> Finding {
        if case .lost(let how) = seen.ending {
            return Finding(.fail, expected: "the driver reports", actual: how)
        }
        guard case .expired(let after, let waiting) = seen.ending else {
            return Finding(.pass, expected: "the program ends", actual: "it ended")
        }
        return Finding(
            .timeout, expected: "the program ends", actual: "still running after \(after.inWords), \(waiting)")
    }

    // MARK: The wire

    private static func gap(
        _ from: Int, _ to: Int, _ seen: Observation, expected: String,
        _ judge: (Observation.Gap) -> (Verdict, late: Duration)
    ) -> Finding {
        guard let gap = seen.gap(from: from, to: to) else {
            return Finding(.unobserved, expected: expected, actual: "\(seen.attempts.count) attempts")
        }
        let (verdict, late) = judge(gap)
        let lag = verdict == .inconclusive ? ", and this machine was up to \(late.inWords) late" : ""
        return Finding(verdict, expected: expected, actual: gap.duration.inWords + lag)
    }

    private static func identical(_ part: Expectation.Part, _ level: Level, _ seen: Observation) -> Finding {
        let expected = "the same \(part.rawValue) in every attempt"
        guard let first = seen.attempts.first, seen.attempts.count > 1 else {
            return Finding(.unobserved, expected: expected, actual: "\(seen.attempts.count) attempts")
        }
        let different = seen.attempts.firstIndex { part.of($0.request) != part.of(first.request) }
        let actual = different.map { "attempt \($0 + 1) differs from attempt 1" } ?? "the same"
        return Finding(different == nil, level, expected: expected, actual: actual)
    }

    private static func distinct(_ part: Expectation.Part, _ level: Level, _ seen: Observation) -> Finding {
        let expected = "another \(part.rawValue) in every attempt"
        guard seen.attempts.count > 0 else { return Finding(.unobserved, expected: expected, actual: "no attempt") }
        var first: [[UInt8]: Int] = [:]
        for (index, exchange) in seen.attempts.enumerated() {
            if let earlier = first.updateValue(index, forKey: part.of(exchange.request)) {
                return Finding(
                    false, level, expected: expected,
                    actual: "attempt \(index + 1) has the \(part.rawValue) of attempt \(earlier + 1)")
            }
        }
        return Finding(true, level, expected: expected, actual: "\(seen.attempts.count), no two alike")
    }

    private static func header(_ header: Expectation.Header, _ level: Level, _ seen: Observation) -> Finding {
        let expected = header.isPresent ? "it is sent" : "it is not sent"
        guard header.attempt <= seen.attempts.count else {
            return Finding(.unobserved, expected: expected, actual: "\(seen.attempts.count) attempts")
        }
        let isThere = seen.attempts[header.attempt - 1].request.headers[header.name] != nil
        return Finding(
            isThere == header.isPresent, level, expected: expected, actual: isThere ? "it was sent" : "it was not sent")
    }

    /// What we ordered is what happened, except where the client left before it could.
    private static func harness(_ seen: Observation) -> Finding {
        let broken = seen.exchanges.filter { !$0.peerHasGone && ($0.leftAt == nil || !$0.missedFaults.isEmpty) }
        let words = broken.map { exchange in
            "request \(exchange.number): "
                + (exchange.missedFaults.first ?? "the answer never came to its end")
        }
        return Finding(
            broken.isEmpty ? .pass : .error, expected: "the server did what the script ordered",
            actual: broken.isEmpty ? "it did" : words.joined(separator: "; "))
    }
}

extension Expectation.Part {
    fileprivate func of(_ request: Request) -> [UInt8] {
        switch self {
        case .method: Array(request.method.utf8)
        case .path: Array(request.target.utf8)
        case .body: request.body
        }
    }
}
