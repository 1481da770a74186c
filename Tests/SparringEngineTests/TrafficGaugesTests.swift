import SparringExchange
import SparringWire
import Testing

@testable import SparringEngine

@Suite("The answers that a server is sending now")
struct TrafficGaugesTests {
    private static func chat(stream: Bool) -> Request {
        Request(
            method: "POST", target: "/v1/chat/completions",
            headers: ["authorization": "Bearer sk-test", "content-type": "application/json"],
            body: Array(
                #"{"model":"gpt-4o-mini","stream":\#(stream),"messages":[{"role":"user","content":"hi"}]}"#.utf8))
    }

    @Test("An answer counts as in flight until it ends, and a stream counts as open", arguments: [false, true])
    func answers(isStream: Bool) throws {
        let engine = try SocketClient.engine()
        let received = ReceivedRequest.complete(Self.chat(stream: isStream))
        let planned = engine.respond(to: received, connection: 1, now: Moment(nanoseconds: 0))
        #expect(planned.exchange.decision.isStream == isStream)
        #expect(engine.traffic.reading == TrafficGauges.Reading(inFlight: 1, streams: isStream ? 1 : 0))
        engine.ended(planned, timeline: Timeline())
        #expect(engine.traffic.reading == TrafficGauges.Reading())
    }

    @Test("A WebSocket counts as open while the exchange of its handshake lasts, and its turns count as in flight")
    func sockets() throws {
        let engine = try SocketClient.engine()
        let handshake = Request(method: "GET", target: "/v1/responses", headers: SocketClient.handshake)
        let opening = engine.respond(
            to: .complete(handshake), connection: 1, now: Moment(nanoseconds: 0))
        #expect(engine.traffic.reading == TrafficGauges.Reading(sockets: 1))
        let socket = try #require(opening.socket)
        let message = #"{"type":"response.create","model":"gpt-4o-mini","input":"hi"}"#
        let turn = socket.turn(of: Array(message.utf8), isText: true)
        let planned = socket.answer(to: turn, connection: 1, now: Moment(nanoseconds: 1))
        #expect(engine.traffic.reading == TrafficGauges.Reading(inFlight: 1, streams: 1, sockets: 1))
        engine.ended(planned, timeline: Timeline())
        engine.ended(opening, timeline: Timeline())
        #expect(engine.traffic.reading == TrafficGauges.Reading())
    }

    @Test("A connection that ends before its first request never counts as in flight")
    func connections() throws {
        let engine = try SocketClient.engine()
        engine.ended(ConnectionReport(connection: 1, isTLS: false))
        #expect(engine.traffic.reading == TrafficGauges.Reading())
    }
}
