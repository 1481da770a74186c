import Testing

@testable import SparringWire

@Suite("Composition of wire scripts")
struct CompositionTests {
    private static let events = [
        Event(data: Array("role".utf8)), Event(data: Array("héllo".utf8), kind: .content(tokens: 1)),
        Event(data: Array("b".utf8), kind: .content(tokens: 1)), Event(data: Array("end".utf8), kind: .finish), .done,
    ]
    private static let stream = Answer(
        status: 200, headers: ["content-type": "text/event-stream"], body: .events(events))
    private static let whole = Answer(status: 200, headers: ["a": "b"], body: .whole(Array("0123456789".utf8)))

    private static func compose(
        _ answer: Answer, _ faults: [Fault] = [], pace: Pace = .none, version: HTTPVersion = .http11,
        keepsAlive: Bool = true,
        isHead: Bool = false
    ) -> (script: WireScript, missed: [FaultID: String]) {
        var outcomes = FaultOutcomes()
        let script = Composition(
            answer: answer, faults: faults.ordered(), pace: pace,
            connection: .init(version: version, keepsAlive: keepsAlive, isHead: isHead), date: "now"
        ).compose(&outcomes)
        return (script, outcomes.missed)
    }

    /// The client's bytes, with `\r` visible and with other steps in words.
    private static func transcript(_ script: WireScript) -> String {
        script.steps.map { step in
            switch step {
            case .write(let range, _):
                // Replaced before decoding, because CR and LF together are one character of a Swift string.
                String(decoding: script.bytes[range].flatMap { $0 == 0x0D ? Array("␍".utf8) : [$0] }, as: UTF8.self)
            case .pause(let duration): "<\(duration.words)>"
            case .fault(let index): "<fault \(index)>"
            case .end(let ending): "<\(ending)>"
            default: "<\(step)>"
            }
        }.joined()
    }

    private static func body(_ script: WireScript) -> String {
        let text = transcript(script)
        return text.ranges(of: "␍\n␍\n").first.map { String(text[$0.upperBound...]) } ?? text
    }

    // MARK: Whole transcripts

    @Test("A whole body has its content-length and keeps the connection open")
    func wholeBody() {
        #expect(
            Self.transcript(Self.compose(Self.whole).script) == """
                HTTP/1.1 200 OK␍
                date: now␍
                a: b␍
                content-length: 10␍
                connection: keep-alive␍
                ␍
                0123456789<keep_alive>
                """)
    }

    @Test("A stream is one chunk for each event, in one write")
    func plainStream() {
        let script = Self.compose(Self.stream).script
        #expect(script.steps.count == 2)
        #expect(
            Self.body(script) == """
                c␍
                data: role

                ␍
                e␍
                data: héllo

                ␍
                9␍
                data: b

                ␍
                b␍
                data: end

                ␍
                e␍
                data: [DONE]

                ␍
                0␍
                ␍
                <keep_alive>
                """)
    }

    @Test("An HTTP/1.0 client gets a body that ends with the connection")
    func oldVersion() {
        let text = Self.transcript(Self.compose(Self.stream, version: .http10).script)
        #expect(!text.contains("chunked") && text.hasSuffix("data: [DONE]\n\n<fin>"))
    }

    @Test("A HEAD request gets the head of GET and no body")
    func head() {
        let text = Self.transcript(Self.compose(Self.whole, isHead: true).script)
        #expect(text.contains("content-length: 10") && text.hasSuffix("␍\n␍\n<keep_alive>"))
    }

    @Test("A content-length in a scenario is sent even if it is wrong")
    func lyingLength() {
        var answer = Self.whole
        answer.headers["content-length"] = "99"
        let text = Self.transcript(Self.compose(answer).script)
        #expect(text.contains("content-length: 99") && !text.contains("content-length: 10"))
    }

    @Test("A 204 answer has no content-length")
    func noContent() {
        #expect(!Self.transcript(Self.compose(Answer(status: 204)).script).contains("content-length"))
    }

    // MARK: Faults

    @Test(
        "An ending takes effect at its ordered point",
        arguments: [
            (Fault.Point.start, "<fault 0><reset>"),
            (.event(1), "c␍\ndata: role\n\n␍\n<fault 0><reset>"),
            (.event(1, plus: 3), "c␍\ndata: role\n\n␍\ne␍\ndat<fault 0><reset>"),
            (.firstContent, "c␍\ndata: role\n\n␍\n<fault 0><reset>"),
            (.byte(3), "c␍\ndat<fault 0><reset>"), (.byte(0), "<fault 0><reset>"), (.head, "<fault 0><reset>"),
        ])
    func endings(point: Fault.Point, expected: String) {
        let (script, missed) = Self.compose(Self.stream, [Fault(at: point, .ending(.reset))])
        #expect(Self.body(script) == expected)
        #expect(missed.isEmpty)
    }

    @Test(
        "An ending at any byte leaves a prefix of the whole answer",
        arguments: [true, false])
    func everyByte(isStream: Bool) {
        let answer = isStream ? Self.stream : Self.whole
        let whole = Self.compose(answer).script
        let undisturbed = whole.bytes
        var lengths: [Int] = []
        for offset in 0..<60 {
            let (script, missed) = Self.compose(answer, [Fault(at: .byte(offset), .ending(.fin))])
            guard missed.isEmpty else { continue }
            #expect(undisturbed.starts(with: script.bytes), "byte \(offset)")
            #expect(script.steps.last == .end(.fin))
            lengths.append(script.bytes.count)
        }
        #expect(lengths.count == (isStream ? 60 : 11))
        #expect(lengths == lengths.sorted())
    }

    @Test("An ending before the closing event leaves a stream without [DONE]")
    func beforeDone() {
        let text = Self.body(Self.compose(Self.stream, [Fault(at: .done, .ending(.fin))]).script)
        #expect(text.contains("end") && !text.contains("DONE"))
    }

    @Test("A stall pauses the answer, which then continues or ends")
    func stallThenEnd() {
        let faults = [Fault(at: .event(2), .ending(.fin)), Fault(at: .event(1), .action(.stall(.seconds(3))))]
        let text = Self.body(Self.compose(Self.stream, faults).script)
        #expect(text == "c␍\ndata: role\n\n␍\n<fault 1><3s>e␍\ndata: héllo\n\n␍\n<fault 0><fin>")
    }

    @Test("At the same point, a stall takes effect before an ending, whatever their order in the list")
    func layers() {
        let faults = [Fault(at: .event(1), .ending(.fin)), Fault(at: .event(1), .action(.stall(.seconds(3))))]
        let text = Self.body(Self.compose(Self.stream, faults).script)
        #expect(text == "c␍\ndata: role\n\n␍\n<fault 1><3s><fault 0><fin>")
    }

    @Test("An ending may take effect inside the head or after the last byte")
    func outsideTheBody() {
        let inside = Self.compose(Self.whole, [Fault(at: .headByte(9), .ending(.reset))]).script
        #expect(Self.transcript(inside) == "HTTP/1.1 <fault 0><reset>")
        let behind = Self.compose(Self.whole, [Fault(at: .end, .ending(.fin))]).script
        #expect(Self.transcript(behind).hasSuffix("\n0123456789<fault 0><fin>"))
        #expect(
            Self.compose(Self.whole, [Fault(at: .headByte(9999), .ending(.fin))]).missed == [0: "the head is shorter"])
    }

    @Test("The fault of an event that an ending cut off has no effect")
    func cutEvent() {
        var answer = Self.stream
        guard case .events(var events) = answer.body else { return }
        events[1].faults = [0]
        answer.body = .events(events)
        let error = Fault.Action(SSEFaults.noSpace.kind)
        for point in [Fault.Point.event(1), .event(1, plus: 3)] {
            let faults = [Fault(at: .event(1), .action(error)), Fault(at: point, .ending(.fin))]
            let missed = Self.compose(answer, faults).missed
            #expect(missed == [0: "an earlier fault ended the answer"], "\(point)")
        }
    }

    @Test("A character is cut after its lead byte", arguments: ["é", "€", "🥊"])
    func splitCodePoint(character: String) throws {
        let answer = Answer(status: 200, body: .whole(Array("ab\(character)c".utf8)))
        let (script, missed) = Self.compose(answer, [Fault(at: .start, .action(.splitCodePoint))])
        let pause = try #require(script.steps.firstIndex(of: .pause(.milliseconds(20))))
        guard case .write(let range, _) = script.steps[pause - 2] else { return }
        #expect(script.bytes[range].last == character.utf8.first)
        #expect(missed.isEmpty)
        #expect(script.bytes.suffix(character.utf8.count + 1) == Array("\(character)c".utf8)[...])
    }

    @Test("The point elapsed counts the pauses before it")
    func elapsed() {
        let pace = Pace(first: .milliseconds(300), every: .milliseconds(100))
        let text = Self.body(
            Self.compose(Self.stream, [Fault(at: .elapsed(.milliseconds(350)), .ending(.reset))], pace: pace).script)
        #expect(text == "c␍\ndata: role\n\n␍\n<300ms>e␍\ndata: héllo\n\n␍\n<50ms><fault 0><reset>")
    }

    @Test(
        "A fault whose point does not exist is missed, with the reason",
        arguments: [
            (Fault.Point.event(9), "the answer has 5 events"), (.content(3), "the answer has 2 pieces of content"),
            (.byte(999), "the body has 60 bytes"), (.elapsed(.seconds(1)), "the answer ended after 0s"),
        ])
    func missed(point: Fault.Point, reason: String) {
        #expect(Self.compose(Self.stream, [Fault(at: point, .ending(.fin))]).missed == [0: reason])
    }

    @Test("A fault at an event is missed if the answer is a whole body")
    func missedByWhole() {
        let missed = Self.compose(Self.whole, [Fault(at: .event(1), .ending(.fin))]).missed
        #expect(missed == [0: "the answer is a whole body, not a stream"])
    }

    // MARK: HTTP/2

    @Test(
        "An HTTP/2 answer has no connection headers and no chunks, and keeps its connection"
    )
    func http2() {
        var answer = Self.stream
        answer.headers["Connection"] = "close"
        let stream = Self.compose(answer, version: .http2, keepsAlive: false).script
        #expect(
            Self.transcript(stream).hasPrefix("HTTP/2 200␍\ndate: now␍\ncontent-type: text/event-stream␍\n␍\ndata: "))
        #expect(stream.steps.last == .end(.keepAlive) && stream.bytes.suffix(2).elementsEqual([0x0A, 0x0A]))
        let whole = Self.compose(Self.whole, version: .http2).script
        #expect(
            Self.transcript(whole)
                == "HTTP/2 200␍\ndate: now␍\na: b␍\ncontent-length: 10␍\n␍\n0123456789<keep_alive>")
    }

    @Test(
        "A fault of the other HTTP version is missed with the reason",
        arguments: WireFaults.all.map(\.kind).filter { $0.major != nil })
    func otherVersion(kind: FaultKind) {
        let version: HTTPVersion = kind.major == 1 ? .http2 : .http11
        let (script, missed) = Self.compose(Self.stream, [kind.example], version: version)
        #expect(missed == [0: "the client speaks \(version.words)"] && !script.steps.contains(.fault(0)))
        #expect(kind.example.obstacle(http2: version == .http2) != nil)
        #expect(kind.example.obstacle(http2: version != .http2) == nil)
        let inside = Self.compose(Self.stream, [Fault(at: .headByte(3), .ending(.fin))], version: .http2)
        #expect(inside.missed == [0: "a head of HTTP/2 is one block"])
    }

    // MARK: Marbles

    @Test(
        "Marbles show what the client receives",
        arguments: [
            ([Fault](), Pace.none, "HD."),
            ([], Pace(first: .milliseconds(300), every: .milliseconds(10)), "Hd(300ms)d·ddDD."),
            ([Fault(at: .event(2), .ending(.reset))], .none, "Hdd!X"),
            ([Fault(at: .start, .ending(.hang(nil)))], .none, "!…"),
        ])
    func marbles(faults: [Fault], pace: Pace, expected: String) {
        #expect(Self.compose(Self.stream, faults, pace: pace).script.marbles == expected)
    }
}

@Suite("HTTP dates")
struct HTTPDateTests {
    @Test(
        "An HTTP date is the correct date of the calendar",
        arguments: [
            (0, "Thu, 01 Jan 1970 00:00:00 GMT"), (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
            (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"), (1_795_232_605, "Sat, 21 Nov 2026 03:43:25 GMT"),
        ])
    func text(seconds: Int, expected: String) { #expect(HTTPDate.text(unixSeconds: seconds) == expected) }
}
