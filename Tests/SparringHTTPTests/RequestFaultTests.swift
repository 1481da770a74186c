import SparringEngine
import SparringExchange
import SparringScenario
import SparringWire
import TestSupport
import Testing

@testable import SparringHTTP

@Suite("Faults between head and body", .timeLimit(.minutes(20)))
struct RequestFaultTests {
    private static let body = #"{"model":"gpt-4o-mini","messages":[{"role":"user","content":"hi"}]}"#

    private static func head(_ fault: String?, length: Int = body.utf8.count, _ fields: [String] = []) -> String {
        let order = fault.map { ["X-Sparring-Fault: \($0)"] } ?? []
        let usual = [
            "POST /v1/chat/completions HTTP/1.1", "Host: localhost", "Authorization: Bearer k",
            "Content-Type: application/json", "Content-Length: \(length)", "Connection: close",
        ]
        return (usual + order + fields).joined(separator: "\r\n") + "\r\n\r\n"
    }

    /// A conversation with an engine, and the exchange that the engine records.
    private static func talk<Result: Sendable>(
        _ scenario: Scenario = .auto, _ body: @escaping @Sendable (RawSocket, ContinuousClock.Instant) throws -> Result
    ) async throws -> (Result, Exchange) {
        let engine = Engine(scenario: scenario, wallClock: { 1_794_000_000 })
        var result: Result?
        try await Fixture.with(responder: engine) { server in
            let port = server.port
            result = try await blocking { try body(RawSocket(port: port), ContinuousClock.now) }
        }
        let exchange = try #require(engine.sessions.existing("default")?.endedExchanges.first)
        return (try #require(result), exchange)
    }

    @Test("RequestFaultTests covers every fault between head and body")
    func all() {
        #expect(
            RequestFaults.all.map(\.kind.name) == [
                "refuse_continue", "late_continue", "early_answer", "stalled_upload",
            ])
    }

    @Test("refuse_continue rejects an Expect: 100-continue and does not read the body")
    func refuseContinue() async throws {
        let (received, exchange) = try await Self.talk { client, _ in
            try client.send(Self.head("refuse_continue", ["Expect: 100-continue"]))
            return client.receiveText()
        }
        #expect(received.text.hasPrefix("HTTP/1.1 417 Expectation Failed\r\n"))
        #expect(received.text.contains("connection: close") && received.end == .finished)
        #expect(exchange.decision.faults == ["at request head: refuse_continue"])
        #expect(exchange.deliveredFaults == [0] && exchange.request.body.isEmpty)
    }

    @Test("late_continue delays the 100 Continue and answers as usual")
    func lateContinue() async throws {
        let ((interim, waited, answer), exchange) = try await Self.talk { client, start in
            try client.send(Self.head("late_continue 150ms", ["Expect: 100-continue"]))
            let interim = client.receiveText(endingWith: "\r\n\r\n").text
            let waited = ContinuousClock.now - start
            try client.send(Self.body)
            return (interim, waited, client.receiveText().text)
        }
        #expect(interim == "HTTP/1.1 100 Continue\r\n\r\n" && waited >= .milliseconds(150))
        #expect(answer.hasPrefix("HTTP/1.1 200 "))
        #expect(exchange.deliveredFaults == [0])
    }

    @Test(
        "early_answer answers before the body has arrived",
        arguments: [("server_error", "500"), ("rate_limit_exceeded", "429"), ("bad_gateway", "502")])
    func earlyAnswer(name: String, status: String) async throws {
        let (received, exchange) = try await Self.talk { client, _ in
            try client.send(Self.head("early_answer \(name)", length: 1_000_000) + "{")
            return client.receiveText()
        }
        #expect(received.text.hasPrefix("HTTP/1.1 \(status) ") && received.end == .finished)
        #expect(exchange.deliveredFaults == [0] && "\(exchange.decision.status)" == status)
    }

    @Test("stalled_upload stops reading the body for a while and then answers", arguments: [true, false])
    func stalledUpload(atOnce: Bool) async throws {
        let scenario = Scenario(name: "s", otherwise: .auto)
        let ((waited, answer), exchange) = try await Self.talk(scenario) { client, start in
            let head = Self.head("stalled_upload 150ms,trailers")
            try client.send(atOnce ? head + Self.body : head)
            if !atOnce { try client.send(Self.body) }
            let answer = client.receiveText().text
            return (ContinuousClock.now - start, answer)
        }
        #expect(waited >= .milliseconds(150) && answer.hasPrefix("HTTP/1.1 200 "))
        #expect(exchange.decision.faults.last == "at request head: stalled_upload 150ms")
        #expect(exchange.deliveredFaults.contains(1))
    }

    @Test(
        "A fault without a target is missed, and the request is answered as usual",
        arguments: [
            ("refuse_continue", "the client did not send `Expect: 100-continue`"),
            ("late_continue", "the client did not send `Expect: 100-continue`"),
            ("stalled_upload", "the request has no body"),
        ])
    func missed(fault: String, reason: String) async throws {
        let (answer, exchange) = try await Self.talk { client, _ in
            try client.send(
                Fixture.get(
                    "/v1/models",
                    [
                        "Host: localhost", "Authorization: Bearer k", "X-Sparring-Fault: \(fault)",
                        "Connection: close",
                    ]))
            return client.receiveText().text
        }
        #expect(answer.hasPrefix("HTTP/1.1 200 "))
        #expect(exchange.missedFaults.map { $0.hasSuffix(reason) } == [true], "\(exchange.missedFaults)")
    }

    @Test(
        "A scenario's request fault applies to every request without faults of its own",
        arguments: [nil, "no_space"])
    func ofScenario(own: String?) async throws {
        var scenario = Scenario.auto
        let kind = try #require(RequestFaults.all.map(\.kind).first { $0.name == "early_answer" })
        scenario.requestFaults = [kind.example]
        let (status, exchange) = try await Self.talk(scenario) { client, _ in
            try client.send(Self.head(own) + Self.body)
            return client.receiveText().text.prefix(12)
        }
        #expect(status == (own == nil ? "HTTP/1.1 500" : "HTTP/1.1 200"))
        #expect(exchange.decision.faults.contains("at request head: early_answer server_error") == (own == nil))
    }
}
