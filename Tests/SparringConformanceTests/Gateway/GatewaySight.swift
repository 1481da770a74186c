import SparringExchange
import SparringJSON
import SparringWire

@testable import SparringConformance

/// Makes observations of both ends of a gateway without a server, from milliseconds.
enum GatewaySight {
    static func at(_ milliseconds: Int) -> Moment { Moment(nanoseconds: Int64(milliseconds) * 1_000_000) }

    /// A request that reached an upstream. `contents` are the times at which the kernel took each piece of content.
    static func exchange(
        _ token: String, came: Int = 0, left: Int = 10, status: Int = 200, usage: Usage? = nil, key: String = "sk-1",
        body: String = "", contents: [Int] = [], isLeft: Bool = false, requestID: String? = nil
    ) -> Exchange {
        var decision = Exchange.Decision(endpoint: "chat.completions", model: "gpt-4o-mini", status: status)
        decision.usage = usage
        decision.requestID = requestID
        var exchange = Exchange(
            number: 1, session: "default", connection: 1,
            request: Request(
                method: "POST", target: "/v1/chat/completions", headers: ["authorization": "Bearer \(key)"],
                body: Array((body.isEmpty ? "{\"prompt\":\"\(token)\"}" : body).utf8)),
            decision: decision)
        exchange.timeline.stamp(.requestStart, at: at(came))
        for (index, moment) in contents.enumerated() {
            exchange.timeline.stamp(.accepted(.content(index + 1), due: at(moment)), at: at(moment))
        }
        if isLeft { exchange.timeline.stamp(.peerGone(reason: "it closed"), at: at(left)) }
        exchange.timeline.stamp(.ended(.keepAlive), at: at(left))
        return exchange
    }

    /// A stream with these pieces of content, each at its time, followed by other events.
    static func stream(
        _ contents: [(at: Int, text: String)], end: String = "data: [DONE]\n\n",
        ending: GatewayAnswer.Ending = .complete
    ) -> GatewayAnswer {
        let pieces = contents.map { content in
            let chunk: JSONValue = ["choices": [["delta": ["content": .string(content.text)]]]]
            return GatewayAnswer.Piece(at: at(content.at), bytes: Array("data: \(chunk.text())\n\n".utf8))
        }
        let last = contents.last?.at ?? 0
        let tail = GatewayAnswer.Piece(at: at(last), bytes: Array(end.utf8))
        return GatewayAnswer(
            sentAt: at(0), head: UpstreamHead(status: 200, headers: ["content-type": "text/event-stream"]),
            headAt: at(1), pieces: pieces + [tail], ending: ending, endedAt: at(last + 1))
    }

    static func answer(
        _ body: JSONValue, status: Int = 200, headers: HeaderFields = [:], ending: GatewayAnswer.Ending = .complete,
        endedAt: Int = 20
    ) -> GatewayAnswer {
        GatewayAnswer(
            sentAt: at(0), head: UpstreamHead(status: status, headers: headers), headAt: at(1),
            pieces: [GatewayAnswer.Piece(at: at(2), bytes: Array(body.text().utf8))], ending: ending,
            endedAt: at(endedAt))
    }

    /// An answer with this text and usage.
    static func text(_ text: String, input: Int = 9, output: Int = 2, headers: HeaderFields = [:]) -> GatewayAnswer {
        answer(
            [
                "choices": [["message": ["content": .string(text)], "finish_reason": "stop"]],
                "usage": ["prompt_tokens": .int(input), "completion_tokens": .int(output)],
            ], headers: headers)
    }

    static func seen(
        _ answers: [String: [GatewayAnswer]], call: GatewayCall = GatewayCall(), primary: [Exchange] = [],
        secondary: [Exchange] = [], terms: GatewayTerms = GatewayTerms(), lateness: [Lateness] = []
    ) -> GatewayObservation {
        GatewayObservation(
            token: "gw1",
            calls: answers.sorted { $0.key < $1.key }.map { token, answers in
                GatewayObservation.Call(
                    call: call, token: token, request: call.request(model: "gpt-4o-mini", token: token),
                    answers: answers)
            },
            upstreams: [upstream("primary", primary), upstream("secondary", secondary)], lateness: lateness,
            terms: terms)
    }

    private static func upstream(_ name: String, _ exchanges: [Exchange]) -> GatewayObservation.Upstream {
        GatewayObservation.Upstream(
            name: name, address: "127.0.0.1:7001", keys: ["sk-upstream-\(name)-1"], exchanges: exchanges,
            isUnfinished: false)
    }
}
