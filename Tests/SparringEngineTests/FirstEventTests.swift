import SparringExchange
import SparringWire
import Testing

@testable import SparringEngine

@Suite("The time to a stream's first event")
struct FirstEventTests {
    private static func at(_ milliseconds: Int) -> Moment { Moment(nanoseconds: Int64(milliseconds) * 1_000_000) }

    private static func sent(_ mark: Mark?, _ milliseconds: Int) -> Timeline.Entry {
        Timeline.Entry(at: at(milliseconds), .accepted(mark, due: at(0)))
    }

    @Test(
        "The time is that of the first event, with or without content, or of the only write of a stream without marks",
        arguments: [
            ([sent(.head, 2), sent(.event(1), 5), sent(.content(1), 9)], true, Duration.milliseconds(5)),
            ([sent(.head, 2), sent(.content(1), 7)], true, .milliseconds(7)),
            ([sent(nil, 3)], true, .milliseconds(3)),
            ([sent(.head, 2)], true, nil),
            ([sent(.head, 2), sent(nil, 3)], true, nil),
            ([sent(nil, 3)], false, nil),
        ] as [([Timeline.Entry], Bool, Duration?)])
    func first(sent: [Timeline.Entry], isStream: Bool, expected: Duration?) {
        let timeline = Timeline(entries: [Timeline.Entry(at: Self.at(0), .requestStart)] + sent)
        #expect(CallTimes(timeline, isStream: isStream).firstEvent == expected)
    }
}
