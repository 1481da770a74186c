import SparringWire
import Testing

@testable import SparringHTTP

@Suite("The progress of a request")
struct RequestProgressTests {
    typealias Event = RequestProgress.Event
    typealias Action = RequestProgress.Action

    /// A conversation: each event, and the action that it returns.
    struct Row: Sendable, CustomTestStringConvertible {
        var name: String
        var steps: [(Event, Action)]
        var testDescription: String { name }
    }

    private static func head(
        expectsContinue: Bool = false, expectsBody: Bool = true, mayBlock: Bool = false
    ) -> (Event, Action) {
        (.head(expectsContinue: expectsContinue, expectsBody: expectsBody, mayBlock: mayBlock), .none)
    }

    private static let asking = head(expectsContinue: true)
    private static let wait = Duration.milliseconds(20)
    private static let slow = Event.turn(isLarge: true)
    private static let quick = Event.turn(isLarge: false)

    static let rows = [
        Row(
            name: "a collected request is answered at once, and another follows",
            steps: [
                head(), (.bytes, .none), (.end, .arrive), (quick, .decide), (.decided, .none), (.ended, .next),
            ]),
        Row(
            name: "a request without a body is answered at once",
            steps: [head(expectsBody: false), (.end, .arrive), (quick, .decide), (.decided, .none), (.ended, .next)]),
        Row(
            name: "a large body is read on another thread",
            steps: [head(), (.end, .arrive), (slow, .decideElsewhere), (.decided, .none), (.ended, .next)]),
        Row(
            name: "a request that may block is decided on another thread",
            steps: [head(mayBlock: true), (.end, .arrive), (quick, .decideElsewhere), (.decided, .none)]),
        Row(
            name: "a body with an intake is decided on another thread",
            steps: [head(), (.intake, .none), (.bytes, .none), (.end, .arrive), (quick, .decideElsewhere)]),
        Row(
            name: "a streamed request arrives before its body and is complete before its answer ends",
            steps: [
                head(), (.stream, .arrive), (quick, .decide), (.decided, .none), (.bytes, .none), (.end, .none),
                (.ended, .next),
            ]),
        Row(
            name: "a streamed request whose body ends before its turn",
            steps: [
                head(), (.stream, .arrive), (.end, .none), (quick, .decide), (.decided, .none), (.ended, .next),
            ]),
        Row(
            name: "a streamed request whose body ends while it is decided",
            steps: [
                head(mayBlock: true), (.stream, .arrive), (quick, .decideElsewhere), (.end, .none), (.decided, .none),
                (.ended, .next),
            ]),
        Row(
            name: "the rest of a streamed body is left when its answer ends first",
            steps: [head(), (.stream, .arrive), (quick, .decide), (.decided, .none), (.ended, .leaveRest)]),
        Row(
            name: "a streamed body that breaks off ends its answer",
            steps: [head(), (.stream, .arrive), (quick, .decide), (.decided, .none), (.problem, .breakOff)]),
        Row(
            name: "a streamed body that breaks off before its turn",
            steps: [head(), (.stream, .arrive), (.problem, .breakOff), (quick, .decide)]),
        Row(
            name: "100 Continue is sent once",
            steps: [
                asking, (.mayContinue, .sendContinue), (.mayContinue, .none), (.bytes, .none), (.end, .arrive),
            ]),
        Row(
            name: "a body that arrives without its 100 Continue settles it",
            steps: [asking, (.bytes, .none), (.mayContinue, .none), (.end, .arrive)]),
        Row(
            name: "the end of a body settles its 100 Continue",
            steps: [asking, (.stream, .arrive), (quick, .decide), (.end, .none), (.mayContinue, .none)]),
        Row(
            name: "a streamed request gets its 100 Continue when it is its turn",
            steps: [
                asking, (.stream, .arrive), (.mayContinue, .none), (quick, .decide), (.decided, .none),
                (.mayContinue, .sendContinue),
            ]),
        Row(
            name: "a client that does not ask gets no 100 Continue",
            steps: [head(), (.mayContinue, .none)]),
        Row(
            name: "late_continue delays the 100 Continue",
            steps: [
                asking, (.fault(.lateContinue(wait)), .delay(wait)), (.mayContinue, .none), (.delayIsOver, .none),
                (.mayContinue, .sendContinue),
            ]),
        Row(
            name: "a body that arrives during the delay needs no 100 Continue",
            steps: [
                asking, (.fault(.lateContinue(wait)), .delay(wait)), (.bytes, .none), (.delayIsOver, .none),
                (.mayContinue, .none),
            ]),
        Row(
            name: "early_answer leaves the body, and no further fault applies",
            steps: [
                head(mayBlock: true), (.fault(.earlyAnswer("server_error")), .answerEarly),
                (.fault(.stalledUpload(wait)), .none), (.stream, .none), (quick, .decide), (.decided, .none),
                (.ended, .leaveRest),
            ]),
        Row(
            name: "refuse_continue leaves the body and sends no 100 Continue",
            steps: [
                asking, (.fault(.refuseContinue), .answerEarly), (.mayContinue, .none), (quick, .decide),
                (.decided, .none), (.mayContinue, .none), (.ended, .leaveRest),
            ]),
        Row(
            name: "stalled_upload delays the body by its duration",
            steps: [
                head(), (.fault(.stalledUpload(wait)), .stall(wait)), (.stallIsOver, .release), (.bytes, .none),
                (.end, .arrive),
            ]),
        Row(
            name: "a problem of the head is answered without the rest",
            steps: [(.problem, .arrive), (quick, .decide), (.decided, .none), (.ended, .leaveRest)]),
        Row(
            name: "a problem of the body is answered on the event loop, whatever was planned",
            steps: [
                head(mayBlock: true), (.intake, .none), (.problem, .arrive), (.problem, .none), (quick, .decide),
                (.decided, .none), (.ended, .leaveRest),
            ]),
        Row(
            name: "a problem detected at the end of a body leaves no byte unread",
            steps: [
                head(mayBlock: true), (.end, .arrive), (.problem, .arrive), (quick, .decide), (.decided, .none),
                (.ended, .next),
            ]),
        Row(
            name: "a problem is too late for a request that is decided",
            steps: [head(), (.end, .arrive), (slow, .decideElsewhere), (.problem, .none), (.decided, .none)]),
        Row(
            name: "a request that is dropped is not answered",
            steps: [head(), (.drop, .abandon), (.drop, .none), (.end, .none), (.problem, .none), (quick, .none)]),
        Row(
            name: "a request that has arrived is not dropped",
            steps: [head(), (.end, .arrive), (.drop, .none), (quick, .decide)]),
        Row(
            name: "events before the head change nothing",
            steps: [
                (.fault(.stalledUpload(wait)), .none), (.stream, .none), (.end, .none), (quick, .none),
                (.decided, .none), (.ended, .none), head(), (.end, .arrive),
            ]),
    ]

    @Test("Each event of a request returns the action of its row", arguments: rows)
    func actions(row: Row) {
        var progress = RequestProgress()
        for (number, (event, action)) in row.steps.enumerated() {
            let returned = progress.event(event)
            #expect(returned == action, "step \(number + 1), \(event)")
        }
    }

    /// The queries of the handlers between two events of a request.
    struct Look: Sendable, CustomTestStringConvertible {
        var events: [Event]
        var isTrue: Set<String>
        var testDescription: String { events.map { "\($0)" }.joined(separator: ", ") }
    }

    static let looks = [
        Look(events: [], isTrue: ["isComing"]),
        Look(events: [head().0], isTrue: ["isComing"]),
        Look(events: [head().0, .fault(.stalledUpload(wait))], isTrue: ["isComing", "isStalled", "holdsInput"]),
        Look(events: [head().0, .fault(.stalledUpload(wait)), .stallIsOver], isTrue: ["isComing"]),
        Look(events: [head().0, .fault(.earlyAnswer("e"))], isTrue: ["hasArrived"]),
        Look(
            events: [head().0, .fault(.stalledUpload(wait)), .fault(.earlyAnswer("e"))],
            isTrue: ["hasArrived", "isStalled", "holdsInput"]),
        Look(events: [head().0, .end], isTrue: ["hasArrived"]),
        Look(events: [head().0, .end, slow], isTrue: ["hasArrived", "isInHand", "isDeciding"]),
        Look(events: [head().0, .end, slow, .decided], isTrue: ["hasArrived", "isInHand"]),
        Look(
            events: [head().0, .end, quick, .decided, .reading(false)],
            isTrue: ["hasArrived", "isInHand", "holdsInput"]),
        Look(
            events: [head().0, .end, quick, .decided, .reading(false), .reading(true)],
            isTrue: ["hasArrived", "isInHand"]),
        Look(events: [head().0, .stream], isTrue: ["hasArrived"]),
        Look(
            events: [head().0, .stream, slow], isTrue: ["hasArrived", "isInHand", "isDeciding", "isStreaming"]),
        Look(events: [head().0, .stream, quick, .decided], isTrue: ["hasArrived", "isInHand", "isStreaming"]),
        Look(events: [head().0, .stream, quick, .decided, .end], isTrue: ["hasArrived", "isInHand"]),
        Look(events: [head().0, .end, quick, .decided, .ended], isTrue: []),
        Look(events: [head().0, .drop], isTrue: []),
    ]

    @Test("A request answers the handlers' queries according to its state", arguments: looks)
    func questions(look: Look) {
        var progress = RequestProgress()
        for event in look.events { _ = progress.event(event) }
        let answers = [
            ("isComing", progress.isComing), ("hasArrived", progress.hasArrived), ("isInHand", progress.isInHand),
            ("isDeciding", progress.isDeciding), ("isStreaming", progress.isStreaming),
            ("isStalled", progress.isStalled), ("holdsInput", progress.holdsInput),
        ]
        #expect(Set(answers.filter(\.1).map(\.0)) == look.isTrue)
    }

    @Test(
        "A fault needs a request that expects 100 Continue, or one with a body",
        arguments: [
            (RequestFaultAction.refuseContinue, "the client did not send `Expect: 100-continue`" as String?),
            (.lateContinue(wait), "the client did not send `Expect: 100-continue`"),
            (.stalledUpload(wait), "the request has no body"), (.earlyAnswer("server_error"), nil),
        ])
    func obstacles(fault: RequestFaultAction, obstacle: String?) {
        var plain = RequestProgress()
        _ = plain.event(.head(expectsContinue: false, expectsBody: false, mayBlock: false))
        #expect(plain.obstacle(to: fault) == obstacle)
        var asking = RequestProgress()
        _ = asking.event(.head(expectsContinue: true, expectsBody: true, mayBlock: false))
        #expect(asking.obstacle(to: fault) == nil)
    }
}
