import SparringExchange
import SparringScenario
import SparringWire
import Synchronization
import Testing

@testable import SparringEngine

@Suite("Breakpoints")
struct BreakpointsTests {
    private static func perform(_ engine: Engine, on stage: FaultExhibit.Stage = .stream) -> PlannedExchange {
        engine.respond(to: FaultExhibit.request(on: stage), connection: 1, now: Moment(nanoseconds: 0))
    }

    @Test(
        "A breakpoint holds one answer that reaches its point, and skips answers that do not",
        arguments: [
            (Fault.Point.start, FaultExhibit.Stage.body, "‖"), (.head, .stream, "H‖"), (.event(2), .stream, "Hdd‖"),
            (.event(2), .body, ""), (.event(1000), .stream, ""), (.end, .body, "Hb‖"),
        ])
    func points(point: Fault.Point, stage: FaultExhibit.Stage, marbles: String) throws {
        let engine = FaultExhibit.engine(nil, on: stage)
        _ = engine.sessions.breakpoints.set(Breakpoint(session: "default", at: point))
        let first = Self.perform(engine, on: stage)
        let isReached = !marbles.isEmpty
        #expect((first.hold != nil) == isReached && first.script.isHeld == isReached)
        #expect(!isReached || first.exchange.marbles.contains(marbles), "\(first.exchange.marbles)")
        #expect(engine.sessions.breakpoints.all.isEmpty == isReached)
        let plain = Self.perform(FaultExhibit.engine(nil, on: stage), on: stage)
        #expect(first.script.bytes == plain.script.bytes)
        #expect(!isReached || Self.perform(engine, on: stage).hold == nil)
    }

    @Test(
        "A breakpoint holds only answers of its session that its filter selects",
        arguments: [
            ("default", "model:gpt-4o", true), ("default", "model:gpt-5", false), ("other", "", false),
            ("default", "status:200 endpoint:chat", true), ("default", "status:4xx", false),
        ])
    func filters(session: String, filter: String, isHeld: Bool) throws {
        let engine = FaultExhibit.engine(nil, on: .stream)
        let value = try ExchangeFilter(filter)
        _ = engine.sessions.breakpoints.set(Breakpoint(session: session, filter: (filter, value)))
        #expect((Self.perform(engine).hold != nil) == isHeld)
    }

    @Test("A breakpoint of two calls holds two answers")
    func calls() {
        let engine = FaultExhibit.engine(nil, on: .stream)
        _ = engine.sessions.breakpoints.set(Breakpoint(session: "default", calls: 2))
        #expect((0..<3).map { _ in Self.perform(engine).hold != nil } == [true, true, false])
    }

    @Test("A held answer is released once, and is listed from the start to the end of its hold")
    func registry() throws {
        let engine = FaultExhibit.engine(nil, on: .stream)
        let breakpoints = engine.sessions.breakpoints
        let number = try #require(breakpoints.set(Breakpoint(session: "default", at: .event(1)))).number
        let hold = try #require(Self.perform(engine).hold)
        #expect(breakpoints.held.isEmpty && hold.point == "event 1" && hold.limit == .seconds(60))
        let ends = Mutex<[HoldEnd]>([])
        hold.begin(at: Moment(nanoseconds: 5)) { end in ends.withLock { $0.append(end) } }
        let held = try #require(breakpoints.held.first)
        #expect(held.number == 1 && held.breakpoint == number && held.since == Moment(nanoseconds: 5))
        #expect(breakpoints.release(session: "other").isEmpty)
        #expect(breakpoints.release(session: "default", number: 2).isEmpty)
        #expect(breakpoints.release(session: "default", number: 1, .reset) == [1])
        #expect(breakpoints.release(session: "default").isEmpty)
        #expect(ends.withLock(\.self) == [.reset])
        hold.end()
        #expect(breakpoints.held.isEmpty)
    }

    @Test("A server accepts a hundred breakpoints, each with its own number")
    func most() {
        let breakpoints = Breakpoints()
        let numbers = (0..<101).map { _ in breakpoints.set(Breakpoint(session: "a"))?.number }
        #expect(numbers == Array(1...100) + [nil])
        #expect(breakpoints.remove(session: "b").isEmpty && breakpoints.isSet)
        #expect(breakpoints.remove(session: "a").count == 100 && !breakpoints.isSet)
    }
}
