import SparringExchange
import SparringJSON
import SparringScenario

/// Grades an observation of both ends against a gateway case. The function is pure: equal observations give equal checks.
package enum GatewayGrading {
    /// - Returns: a check for each requirement, and one for Sparring's own part. If the upstream of the case got no
    ///   request, nothing can be judged, and every check gives this reason.
    package static func checks(of subject: GatewayCase, seeing seen: GatewayObservation) -> [Check] {
        if let reason = seen.calls.lazy.compactMap(\.report?.skipped).first {
            return unobserved(subject, because: "the driver skipped a call: \(reason)")
        }
        if let reason = evasion(of: subject, seen) { return unobserved(subject, because: reason) }
        let own = subject.requirements.map { requirement in
            let finding = finding(requirement.question, requirement.level, seen)
            return check(subject, requirement, finding)
        }
        return own + [harness(subject, seen)]
    }

    /// The undecided checks of a case that cannot be judged.
    package static func unobserved(_ subject: GatewayCase, because reason: String) -> [Check] {
        subject.requirements.map { requirement in
            check(
                subject, requirement, CheckFinding(.unobserved, expected: requirement.question.sentence, actual: reason)
            )
        }
    }

    private static func check(_ subject: GatewayCase, _ requirement: GatewayRequirement, _ finding: CheckFinding)
        -> Check
    {
        Check(
            id: "\(subject.id)#\(requirement.question.slug)", level: requirement.level, verdict: finding.verdict,
            requirement: requirement.question.sentence, expected: finding.expected, actual: finding.actual,
            isUpperTimeBound: requirement.question.isUpperTimeBound)
    }

    private static func evasion(of subject: GatewayCase, _ seen: GatewayObservation) -> String? {
        guard let first = subject.first,
            seen.upstreams.first(where: { $0.name == first }).map({ $0.exchanges.isEmpty && !$0.isUnfinished }) ?? true
        else { return nil }
        return
            "the gateway did not ask \(first), whose failure the case is about; it may still avoid it after an earlier "
            + "failure: give it more time with --recovery, or make \(first) its first choice"
    }

    /// Whether the upstreams played their scripts. An answer from which the gateway disconnected early does not count.
    private static func harness(_ subject: GatewayCase, _ seen: GatewayObservation) -> Check {
        let broken = seen.exchanges.filter { !$0.peerHasGone && !$0.missedFaults.isEmpty }
        let words = broken.map { "request \($0.number): \($0.missedFaults.first ?? "")" }
        return Check(
            id: "\(subject.id)#upstreams-valid", level: .must, verdict: broken.isEmpty ? .pass : .error,
            requirement: "The upstreams play their scripts as they are written", expected: "they do",
            actual: broken.isEmpty ? "they did" : words.joined(separator: "; "), isBuiltIn: true)
    }

    private static func finding(
        _ question: GatewayRequirement.Question, _ level: Level, _ seen: GatewayObservation
    ) -> CheckFinding {
        if seen.calls.contains(where: { $0.report != nil }), let finding = reported(question, level, seen) {
            return finding
        }
        return switch question {
        case .status(let wanted): status(wanted, level, seen)
        case .text: text(level, seen)
        case .attempts(let upstream, let range): attempts(at: upstream, range, level, seen)
        case .attemptsPerCall(let range): attemptsPerCall(range, level, seen)
        case .parameters(let names): parameters(names, level, seen)
        case .header(let name, let value): header(name, is: value, level, seen)
        case .requestID: requestID(level, seen)
        case .error(let member, let text): error(member, contains: text, level, seen)
        case .wholeStream: wholeStream(level, seen)
        case .brokenStream: brokenStream(level, seen)
        case .paced: paced(level, seen)
        case .contains(let text): contains(text, level, seen)
        case .stops(let time): stops(within: time, level, seen)
        case .usage: usage(level, seen)
        case .cost(let tolerance): cost(tolerance, level, seen)
        case .spend(let tolerance): spend(tolerance, level, seen)
        case .hidesKeys: hides(seen.upstreams.flatMap(\.keys), named: "key of an upstream", level, seen)
        case .hidesAddresses: hides(seen.upstreams.map(\.address), named: "address of an upstream", level, seen)
        case .distinct: distinct(level, seen)
        case .pauses(let time): pauses(time, level, seen)
        case .limit: limit(level, seen)
        case .budget: budget(level, seen)
        case .fullBudget: fullBudget(level, seen)
        }
    }

    /// Grades every call. The finding names the first call that breaks the requirement.
    static func each(
        _ level: Level, _ seen: GatewayObservation, expected: String,
        _ problem: (GatewayObservation.Call) -> String?
    ) -> CheckFinding {
        let problems = seen.calls.enumerated().compactMap { index, call in
            problem(call).map { seen.calls.count > 1 ? "call \(index + 1): \($0)" : $0 }
        }
        let more = problems.count > 1 ? ", and \(problems.count - 1) more" : ""
        return CheckFinding(
            problems.isEmpty, level, expected: expected,
            actual: problems.first.map { $0 + more } ?? "so it was in \(seen.calls.count.counted("call"))")
    }
}
