import SparringExchange
import SparringJSON
import SparringScenario
import SparringWire

/// Grades the requests that reached the upstreams.
extension GatewayGrading {
    static func attempts(
        at name: String?, _ range: ClosedRange<Int>, _ level: Level, _ seen: GatewayObservation
    ) -> CheckFinding {
        let chosen = seen.upstreams.filter { name == nil || $0.name == name }
        let count = chosen.map { $0.exchanges.count + ($0.isUnfinished ? 1 : 0) }.reduce(0, +)
        return CheckFinding(
            range.contains(count), level, expected: range.inWords("request"), actual: count.counted("request"))
    }

    static func attemptsPerCall(_ range: ClosedRange<Int>, _ level: Level, _ seen: GatewayObservation) -> CheckFinding {
        each(level, seen, expected: range.inWords("request")) { call in
            let count = seen.exchanges(of: call).count
            guard !range.contains(count) else { return nil }
            let tries = call.report == nil ? call.answers.count.counted("attempt") : "one call"
            return "\(count.counted("request")) at the upstreams for \(tries) of the client"
        }
    }

    static func parameters(_ names: [String], _ level: Level, _ seen: GatewayObservation) -> CheckFinding {
        each(level, seen, expected: "the same \(names.joined(separator: ", ")) at each upstream") { call in
            let exchanges = seen.exchanges(of: call)
            guard !exchanges.isEmpty else { return "no request reached an upstream" }
            for exchange in exchanges {
                let body = try? JSONValue.parse(String(decoding: exchange.request.body, as: UTF8.self))
                for name in names {
                    let (sent, received) = (call.request[name] ?? .null, body?[name] ?? .null)
                    guard !sent.isEquivalent(to: received) else { continue }
                    return "request \(exchange.number): \(name) was \(sent.text().prefix(80)), it is "
                        + "\(received.text().prefix(80))"
                }
            }
            return nil
        }
    }

    /// Grades the pauses between requests for one call to the same upstream. Requests to other upstreams, or with other
    /// keys, need no pause.
    static func pauses(_ least: Duration, _ level: Level, _ seen: GatewayObservation) -> CheckFinding {
        each(level, seen, expected: "at least \(least.inWords) between attempts at the same upstream") { call in
            for upstream in seen.upstreams {
                let own = upstream.exchanges.filter { $0.carries(call.token) }
                for (earlier, later) in zip(own, own.dropFirst()) {
                    guard earlier.request.headers["authorization"] == later.request.headers["authorization"],
                        let left = earlier.leftAt, let next = later.arrivedAt
                    else { continue }
                    let line = least - Tolerance.early(least) - seen.lag
                    if next - left < line { return "\(upstream.name) was asked again after \((next - left).inWords)" }
                }
            }
            return nil
        }
    }

    /// The client has disconnected. The gateway must also disconnect from the upstream, and make no further attempt.
    static func stops(within time: Duration, _ level: Level, _ seen: GatewayObservation) -> CheckFinding {
        let expected = "the gateway disconnects from the upstream within \(time.inWords), and sends no further request"
        var worst = Duration.zero
        for call in seen.calls {
            guard let answer = call.answer, answer.ending == .left else {
                return CheckFinding(
                    .unobserved, expected: expected, actual: "the answer ended before the client disconnected")
            }
            if let open = seen.upstreams.first(where: \.isUnfinished) {
                return CheckFinding(
                    Verdict(breaking: level), expected: expected,
                    actual: "the gateway never disconnected from \(open.name)")
            }
            let own = seen.exchanges(of: call)
            if let late = own.first(where: {
                ($0.arrivedAt ?? answer.endedAt) - answer.endedAt > seen.lag + .milliseconds(200)
            }) {
                return CheckFinding(
                    Verdict(breaking: level), expected: expected,
                    actual: "a request came \(((late.arrivedAt ?? answer.endedAt) - answer.endedAt).inWords) after the "
                        + "client had disconnected")
            }
            guard own.contains(where: { ($0.leftAt ?? answer.endedAt) > answer.endedAt }) else {
                return CheckFinding(
                    .unobserved, expected: expected, actual: "no upstream was answering when the client disconnected")
            }
            for exchange in own {
                guard let left = exchange.leftAt, left > answer.endedAt else { continue }
                guard exchange.peerHasGone else {
                    return CheckFinding(
                        Verdict(breaking: level), expected: expected, actual: "the gateway read the answer to its end")
                }
                worst = max(worst, left - answer.endedAt)
            }
        }
        let verdict = Tolerance.most(time, gap: worst, late: seen.lag, level: level)
        return CheckFinding(verdict, expected: expected, actual: "it disconnected after \(worst.inWords)")
    }

    /// The number of pieces of content, of average length, that a gateway may join in one event.
    private static let mostJoined = 3

    /// An event must reach the client before the upstream sends the next one. The check of this order needs no time tolerance; only a delay
    /// of Sparring itself can make it uncertain.
    static func paced(_ level: Level, _ seen: GatewayObservation) -> CheckFinding {
        let expected = "each piece of content reaches the client before the upstream sends the next piece"
        var (held, all) = (0, 0)
        for call in seen.calls {
            guard let exchange = seen.exchanges(of: call).last, let read = call.read else {
                return CheckFinding(.unobserved, expected: expected, actual: "no request reached an upstream")
            }
            let sent = exchange.contentMoments
            let contents = read.events.filter { !($0.content ?? "").isEmpty }
            let arrived = contents.map(\.at)
            guard sent.count > 2 else {
                return CheckFinding(
                    .unobserved, expected: expected, actual: "the upstream sent only one piece of content")
            }
            // A gateway may join or split pieces of content. Therefore the share of the text that has arrived is compared.
            let share = Double(arrived.count) / Double(sent.count)
            var late = 0
            for next in 1..<sent.count {
                all += 1
                let came = arrived.count { $0 <= sent[next] }
                if came < Int((Double(next) * min(1, share)).rounded(.down)) { late += 1 }
            }
            // Most of the text in one event means that the gateway has held the text back.
            let sizes = contents.map { $0.content?.utf8.count ?? 0 }
            let joined = (sizes.max() ?? 0) * sent.count / max(1, sizes.reduce(0, +)) - Self.mostJoined
            held += arrived.count <= 1 ? sent.count - 1 : min(sent.count - 1, max(late, joined))
        }
        // One event in ten may be late on a busy machine.
        let isMet = held * 10 <= all
        let actual = "\(held) of \(all) pieces of content were held back"
        let isBlurred = seen.lag > .milliseconds(50)
        guard !isMet, isBlurred, held != all else {
            return CheckFinding(isMet, level, expected: expected, actual: actual)
        }
        return CheckFinding(
            .inconclusive, expected: expected, actual: "\(actual), and this machine was up to \(seen.lag.inWords) late")
    }
}

extension Exchange {
    /// The times at which the kernel took each piece of content of the answer.
    var contentMoments: [Moment] {
        timeline.entries.compactMap { entry in
            if case .accepted(.content, _) = entry.happening { entry.at } else { nil }
        }
    }
}
