import SparringExchange
import SparringWire
import Synchronization
import TestSupport
import Testing

@testable import SparringHTTP

@Suite("Connection faults", .timeLimit(.minutes(20)))
struct ConnectionFaultTests {
    /// Stores the reports of connections.
    private final class Listener: Responder {
        private let inner = ScriptedResponder([:])
        private let reports = Mutex<[ConnectionReport]>([])

        var heard: [ConnectionReport] { reports.withLock { $0 } }

        func respond(to received: ReceivedRequest, connection: Int, now: Moment) -> PlannedExchange {
            inner.respond(to: received, connection: connection, now: now)
        }

        func ended(_ performance: PlannedExchange, timeline: Timeline) {}

        func ended(_ connection: ConnectionReport) { reports.withLock { $0.append(connection) } }
    }

    private static func plan(_ name: String, _ arguments: [FaultValue], then: [[Fault]] = []) throws -> ListenerPlan {
        let kind = try #require(ConnectionFaults.all.map(\.kind).first { $0.name == name })
        return ListenerPlan(sequence: [[Fault(at: .connection, .action(Fault.Action(kind, arguments)))]] + then)
    }

    @Test(
        "accept_close ends the connection before the client's first read",
        arguments: [("fin", RawSocket.End.finished), ("reset", .reset)])
    func acceptClose(form: String, end: RawSocket.End) async throws {
        let plan = try Self.plan("accept_close", [.text(form)], then: [[]])
        let listener = Listener()
        try await Fixture.with(responder: listener, plan: plan) { server in
            let port = server.port
            let received = try await blocking { try RawSocket(port: port).receiveText() }
            #expect(received == RawSocket.Text(text: "", end: end))
            let next = try await blocking {
                let client = try RawSocket(port: port)
                try client.send(Fixture.get("/"))
                return client.receiveText(endingWith: ".").text
            }
            #expect(next.hasPrefix("GET /"))
        }
        let report = try #require(listener.heard.first)
        #expect(listener.heard.count == 1 && report.connection == 1 && !report.isTLS)
        #expect(report.timeline.words == ["decided", "fault 0", "ended \(form)"])
    }

    @Test("no_shared_protocol sends a TLS alert of seven bytes and then FIN")
    func alert() async throws {
        let plan = try Self.plan("no_shared_protocol", [])
        let listener = Listener()
        try await Fixture.with(responder: listener, plan: plan) { server in
            let port = server.port
            let received = try await blocking {
                let client = try RawSocket(port: port)
                try client.send("whatever a hello may be")
                return client.receiveBytes()
            }
            #expect(received.bytes == [0x15, 3, 3, 0, 2, 2, 120] && received.end == .finished)
        }
        #expect(listener.heard.map(\.timeline.words) == [["decided", "fault 0", "ended fin"]])
    }

    @Test(
        "handshake_stall does not answer, forever or until its time is over",
        arguments: [nil, FaultValue.duration(.milliseconds(100))])
    func stall(duration: FaultValue?) async throws {
        let plan = try Self.plan("handshake_stall", duration.map { [$0] } ?? [])
        let listener = Listener()
        try await Fixture.with(responder: listener, plan: plan) { server in
            let port = server.port
            let received = try await blocking {
                // A stall without an end is checked for one second.
                let client = try RawSocket(port: port, deadline: .seconds(duration == nil ? 1 : 600))
                try client.send(Fixture.get("/"))
                return client.receiveText(endingWith: ".")
            }
            #expect(received.end == .open && received.text.isEmpty == (duration == nil))
        }
        let end = duration == nil ? "gone: closed its side" : "ended keep_alive"
        #expect(listener.heard.map(\.timeline.words) == [["decided", "fault 0", end]])
    }

    @Test("accept_delay delays the answer, which stays whole")
    func acceptDelay() async throws {
        let plan = try Self.plan("accept_delay", [.duration(.milliseconds(120))])
        let listener = Listener()
        try await Fixture.with(responder: listener, plan: plan) { server in
            let port = server.port
            let (text, waited) = try await blocking {
                // The delay begins with the connection, which exists before the call that opens it has returned.
                let clock = ContinuousClock()
                let start = clock.now
                let client = try RawSocket(port: port)
                try client.send(Fixture.get("/late"))
                return (client.receiveText(endingWith: ".").text, clock.now - start)
            }
            #expect(text.hasPrefix("GET /late"))
            #expect(waited >= .milliseconds(120))
        }
        #expect(listener.heard.map(\.timeline.words) == [["decided", "fault 0", "ended keep_alive"]])
    }

    @Test(
        "connection_limit refuses connections until there is room",
        arguments: [("fin", RawSocket.End.finished), ("reset", .reset)])
    func limit(form: String, end: RawSocket.End) async throws {
        let plan = try Self.plan("connection_limit", [.text(form), .integer(1)])
        let listener = Listener()
        try await Fixture.with(responder: listener, plan: plan) { server in
            let port = server.port
            try await blocking {
                let first = try RawSocket(port: port)
                try first.send(Fixture.get("/first"))
                #expect(first.receiveText(endingWith: ".").text.hasPrefix("GET /first"))
                #expect(try RawSocket(port: port).receiveText() == RawSocket.Text(text: "", end: end))
                try first.send(Fixture.get("/again"))
                #expect(first.receiveText(endingWith: ".").text.hasPrefix("GET /again"))
            }
            await server.connections.untilEmpty()
            let text = try await blocking {
                let client = try RawSocket(port: port)
                try client.send(Fixture.get("/room"))
                return client.receiveText(endingWith: ".").text
            }
            #expect(text.hasPrefix("GET /room"))
        }
        #expect(listener.heard.map(\.timeline.words) == [["decided", "fault 0", "ended \(form)"]])
    }

    @Test("connection_limit can let connections wait")
    func waits() async throws {
        let plan = try Self.plan("connection_limit", [.text("wait"), .integer(1)])
        let listener = Listener()
        try await Fixture.with(responder: listener, plan: plan) { server in
            let port = server.port
            let text = try await blocking {
                var first: RawSocket? = try RawSocket(port: port)
                try first?.send(Fixture.get("/first"))
                _ = first?.receiveText(endingWith: ".")
                let second = try RawSocket(port: port, deadline: .seconds(1))
                try second.send(Fixture.get("/second"))
                #expect(second.receiveText(endingWith: ".").text.isEmpty)
                first = nil
                try second.wait(for: .seconds(600))
                return second.receiveText(endingWith: ".").text
            }
            #expect(text.hasPrefix("GET /second"))
        }
        #expect(listener.heard.map(\.timeline.words) == [["decided", "fault 0", "ended keep_alive"]])
    }
}
