import SparringExchange
import SparringScenario
import SparringWire

/// Grades an observation against a case's expectations. The function is pure: equal observations give equal checks.
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
        let evasion = observation.evasion(of: subject)
        let isSilent = isSilent(subject, observation)
        let otherVersion = observation.otherVersion(than: subject)
        return requirements.map { requirement in
            var finding = find(requirement.question, level: requirement.level, observation)
            // A call of another kind than the case's proves nothing. For such a call, a bug of the kit is still reported as an error.
            if case .deadline = requirement.question, subject.mayWait { finding.verdict = .pass }
            if observation.isUnfinished, requirement.question.isOfLeaving(in: subject.task) {
                // A client that continues to read has not disconnected, even if it reports the end of its call.
                finding = CheckFinding(
                    false, requirement.level, expected: finding.expected,
                    actual: "the client was still reading the answer when the call ended")
            } else if let otherVersion {
                finding = CheckFinding(.unobserved, expected: finding.expected, actual: otherVersion)
            } else if isSilent, finding.verdict == .pass, requirement.question.isMetByAnyCall(observation) {
                finding = CheckFinding(
                    .unobserved, expected: finding.expected,
                    actual: "\(finding.actual), but the program shows no answers, so it may have read anything")
            } else if let evasion, finding.verdict != .error {
                finding = CheckFinding(.unobserved, expected: finding.expected, actual: evasion)
            }
            return Check(
                id: "\(subject.id)#\(requirement.slug)", level: requirement.level, verdict: finding.verdict,
                requirement: requirement.question.sentence, expected: finding.expected, actual: finding.actual,
                isBuiltIn: requirement.isBuiltIn, isUpperTimeBound: requirement.isUpperTimeBound)
        }
    }

    /// Whether a case expects a text, but the program never shows texts. The plain calls before a run do not count: the
    /// kit uses them to find out what the program shows.
    private static func isSilent(_ subject: Case, _ observation: Observation) -> Bool {
        guard let text = subject.expectation.text, subject.theme != BuiltInCases.sanityTheme else { return false }
        return output(text, subject.level, observation).verdict == .unobserved
    }

    private static func find(_ question: Requirement.Question, level: Level, _ seen: Observation) -> CheckFinding {
        switch question {
        case .exit(let exit): exitCode(exit, level, seen)
        case .text(let text): output(text, level, seen)
        case .atMostOnce(let text): atMostOnce(text, level, seen)
        case .notShown(let text): notShown(text, level, seen)
        case .calls(let calls): self.calls(calls, level, seen)
        case .results: results(level, seen)
        case .noCalls: noCalls(level, seen)
        case .usage(let tokens): usage(tokens, level, seen)
        case .runsOnce: runsOnce(level, seen)
        case .attempts(let range):
            CheckFinding(
                range.contains(seen.attempts.count), level, expected: range.inWords("request"),
                actual: "\(seen.attempts.count)")
        case .gapMinimum(let from, let to, let bound):
            gap(from: from, to: to, in: seen, expected: "at least \(bound.inWords)") { gap in
                (Tolerance.least(bound, gap: gap.duration, lag: gap.lag, level: level), gap.lag)
            }
        case .gapMaximum(let from, let to, let bound):
            gap(from: from, to: to, in: seen, expected: "at most \(bound.inWords)") { gap in
                let late = max(gap.lag, gap.standstill)
                return (Tolerance.most(bound, gap: gap.duration, late: late, level: level), late)
            }
        case .identical(let part): identical(part, level, seen)
        case .distinct(let part): distinct(part, level, seen)
        case .header(let header): self.header(header, level, seen)
        case .notInURL(let text): notInURL(text, level, seen)
        case .sameHostOnly(let name): sameHostOnly(name, level, seen)
        case .disconnects(let disconnect): disconnects(disconnect, level, seen)
        case .connections(let expected): connections(expected, level, seen)
        case .hosts(let range): hosts(range, level, seen)
        case .outcomeOK(let ok): outcomeOK(ok, level, seen)
        case .outcomeText(let text): outcomeText(text, level, seen)
        case .errorKind(let kinds): errorKind(kinds, level, seen)
        case .deadline: deadline(seen)
        case .scriptConsumed:
            CheckFinding(
                seen.leftOver.isEmpty, level, expected: "every step is used",
                actual: seen.leftOver.isEmpty
                    ? "every step was used" : "left over: \(seen.leftOver.joined(separator: "; "))")
        case .noExtraRequest:
            list(
                seen.attempts.compactMap { exchange in
                    exchange.decision.unmatched.map { "\(exchange.words): \($0)" }
                }, level, expected: "no request beyond the script")
        case .noStray: list(seen.strays, level, expected: "no request outside the case")
        case .harnessWireValid: harness(seen)
        }
    }

    static func list(_ offences: [String], _ level: Level, expected: String) -> CheckFinding {
        var counts: [(text: String, count: Int)] = []
        for offence in offences {
            if let known = counts.firstIndex(where: { $0.text == offence }) {
                counts[known].count += 1
            } else {
                counts.append((offence, 1))
            }
        }
        let texts = counts.map { $0.count == 1 ? $0.text : "\($0.text) (\($0.count) times)" }
        return CheckFinding(
            offences.isEmpty, level, expected: expected,
            actual: offences.isEmpty ? "none" : texts.joined(separator: "; "))
    }
}

extension Requirement.Question {
    /// Whether every program that makes one call and exits normally meets the requirement, whatever it does with the
    /// answer.
    fileprivate func isMetByAnyCall(_ seen: Observation) -> Bool {
        switch self {
        case .exit(.zero): true
        case .attempts: seen.attempts.count <= 1
        default: false
        }
    }

    /// Whether an exchange that never ends breaks the requirement: the client must disconnect, or it has cancelled its
    /// only call.
    fileprivate func isOfLeaving(in task: CaseTask) -> Bool {
        switch self {
        case .disconnects: true
        case .attempts: task.cancelAfter != nil
        default: false
        }
    }
}

extension Observation {
    /// The reason why a case cannot be played to this client: its faults need HTTP/1, and the client used HTTP/2. Nil if the case can be
    /// played.
    fileprivate func otherVersion(than subject: Case) -> String? {
        guard attempts.contains(where: { $0.request.version == .http2 }), subject.scenario.obstacle(http2: true) != nil
        else { return nil }
        return "the case tests HTTP/1, but the client uses HTTP/2"
    }
}
