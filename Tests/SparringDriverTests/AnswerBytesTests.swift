import SparringExchange
import SparringWire
import Testing

@testable import SparringDriver

@Suite("The bytes of answers for --trace")
struct AnswerBytesTests {
    private static func timeline(_ marks: [Mark?]) -> Timeline {
        Timeline(
            entries: marks.map {
                Timeline.Entry(at: Moment(nanoseconds: 1), .accepted($0, due: Moment(nanoseconds: 0)))
            })
    }

    private static let head = WireScript.Step.write(0..<4, .head)

    @Test(
        "An answer is shown up to the last write that the kernel has taken",
        arguments: [
            ([head, .flush, .write(4..<7, .event(1)), .flush, .write(7..<10, .done)], [.head, .event(1)], "headone"),
            // Adjacent writes of a script are one write to the network.
            ([head, .write(4..<7, .event(1)), .write(7..<10, .event(2)), .end(.fin)], [.event(2)], "headonetwo"),
            ([head, .flush, .write(4..<7, .event(1)), .write(7..<10, nil)], [.head, .event(1)], "headonetwo"),
            // A script with an interim response and an empty write.
            (
                [.interim(100), head, .flush, .write(4..<4, nil), .flush, .write(4..<7, .event(1))],
                [nil, .head, .event(1)], "headone"
            ),
            // An answer that was stopped continues with its last write.
            (
                [head, .flush, .write(4..<7, .event(1)), .pause(.seconds(1)), .write(7..<10, .done)], [.head, .done],
                "headtwo"
            ),
            ([head, .end(.reset)], [], ""),
        ] as [([WireScript.Step], [Mark?], String)])
    func sent(steps: [WireScript.Step], accepted: [Mark?], expected: String) {
        let script = WireScript(bytes: Array("headonetwo".utf8), steps: steps)
        let sent = AnswerBytes.sent(script, in: Self.timeline(accepted))
        #expect(String(decoding: sent, as: UTF8.self) == expected)
    }
}
