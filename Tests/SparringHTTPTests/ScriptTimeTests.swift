import SparringExchange
import Testing

@testable import SparringHTTP

@Suite("The time of a script")
struct ScriptTimeTests {
    private static func ms(_ count: Int64) -> Moment { Moment(nanoseconds: count * 1_000_000) }

    @Test("Script time is real time until the clock is changed", arguments: [0, 1, 250, 86_400_000])
    func real(after: Int64) {
        let time = ScriptTime(startedAt: Self.ms(100))
        #expect(time.real(of: Self.ms(100 + after)) == Self.ms(100 + after))
        #expect(time.time(at: Self.ms(100 + after)) == Self.ms(100 + after))
    }

    @Test("Script time runs at the scale of the clock, from any moment on")
    func scaled() {
        var time = ScriptTime(startedAt: Self.ms(1000), scale: 0.1)
        #expect(time.real(of: Self.ms(2000)) == Self.ms(1100))
        time.change(ClockChange(jump: .zero, scale: 2), at: Self.ms(1050))
        #expect(time.time(at: Self.ms(1050)) == Self.ms(1500))
        #expect(time.real(of: Self.ms(2000)) == Self.ms(2050))
    }

    @Test("A jump of the clock makes earlier steps due now and later steps due sooner")
    func moved() {
        var time = ScriptTime(startedAt: Self.ms(0))
        time.change(ClockChange(jump: .seconds(60), scale: 1), at: Self.ms(500))
        #expect(time.real(of: Self.ms(30_000)) == Self.ms(500))
        #expect(time.real(of: Self.ms(60_500)) == Self.ms(500))
        #expect(time.real(of: Self.ms(61_000)) == Self.ms(1000))
    }

    @Test("Script time never goes back")
    func setBack() {
        var time = ScriptTime(startedAt: Self.ms(0))
        time.change(ClockChange(jump: .seconds(-60), scale: 1), at: Self.ms(500))
        #expect(time.real(of: Self.ms(700)) == Self.ms(700))
    }
}
