/// Writes a script piece by piece: each piece passes the SSE layer, the framing, the pace and the faults in turn.
///
/// It sees one event at a time and keeps nothing of those before it, so that a list and a source that is read as it comes can go
/// through the same code.
struct ScriptWriter {
    private(set) var script: WireScript
    private(set) var missed: [Int: String] = [:]
    private(set) var hasEnded = false
    private var armory: Armory
    private let pace: Pace
    private let isChunked: Bool
    /// Nothing to wait for and nothing to break: the whole answer is one write.
    private let isPlain: Bool
    private var isWhole = false
    private var elapsed = Duration.zero
    private var counts = Counts()
    /// The start of what has been appended and is in no write yet.
    private var unwritten = 0

    private struct Counts {
        var bodyBytes = 0
        var events = 0
        var contents = 0
        var tokens = 0
    }

    init(faults: [Fault], pace: Pace, isChunked: Bool, capacity: Int, hasPauses: Bool = false) {
        script = WireScript()
        script.bytes.reserveCapacity(capacity)
        armory = Armory(faults)
        self.pace = pace
        self.isChunked = isChunked
        isPlain = armory.isEmpty && pace == .none && !hasPauses
    }

    mutating func begin(isWhole: Bool) {
        self.isWhole = isWhole
        // A whole body comes at once when the model has finished: its rhythm is the wait for it.
        if isWhole, let first = pace.first { pause(first) }
        fire { $0 == .start }
    }

    mutating func head(_ append: (inout [UInt8]) -> Void) {
        guard !hasEnded else { return }
        append(&script.bytes)
        write(.head)
        fire { $0 == .head }
        fireBytes()
    }

    mutating func whole(_ bytes: [UInt8]) {
        guard !hasEnded else { return }
        piece(.piece, count: bytes.count) { $0.append(contentsOf: bytes) }
        fire { $0 == .done }
    }

    /// - Parameter isClosing: whether it is the event that tells the client that the stream is complete.
    mutating func event(_ event: Event, isClosing: Bool) {
        if event.hasPause { pause(event.pause) }
        if isClosing { fire { $0 == .done } }
        if case .content = event.kind {
            if let pause = counts.contents == 0 ? pace.first : pace.every { self.pause(pause) }
            if counts.contents == 0 { fire { $0 == .firstContent } }
        }
        guard !hasEnded else { return }
        for index in event.faults { script.steps.append(.fault(index)) }
        counts.events += 1
        let mark = mark(of: event)
        let nameLine = event.name.map { $0.utf8.count + 8 } ?? 0
        piece(mark, count: nameLine + event.data.count + 8) { bytes in
            if let name = event.name {
                bytes.append(contentsOf: "event: ".utf8)
                bytes.append(contentsOf: name.utf8)
                bytes.append(0x0A)
            }
            bytes.append(contentsOf: "data: ".utf8)
            bytes.append(contentsOf: event.data)
            bytes.append(0x0A)
            bytes.append(0x0A)
        }
        passed(event)
    }

    /// - Parameter ending: how the answer leaves the connection when nothing went wrong.
    mutating func finish(_ ending: Ending) {
        if !hasEnded {
            if isChunked {
                script.bytes.append(contentsOf: "0\r\n\r\n".utf8)
                write(.done)
            }
            if isPlain, unwritten < script.bytes.count {
                script.steps.append(.write(unwritten..<script.bytes.count, .done))
            }
            script.steps.append(.end(ending))
        }
        for fault in armory.remaining { missed[fault.index] = missReason(fault) }
    }

    // MARK: Pieces

    /// One piece of the body, framed. Faults that lie inside it split its write.
    private mutating func piece(_ mark: Mark, count: Int, _ append: (inout [UInt8]) -> Void) {
        if isChunked { appendChunkSize(count) }
        let start = script.bytes.count
        append(&script.bytes)
        if isChunked {
            script.bytes.append(0x0D)
            script.bytes.append(0x0A)
        }
        if !isPlain { breakInside(start, count) }
        counts.bodyBytes += count
        guard !hasEnded else { return }
        write(mark)
        fireBytes()
    }

    /// Hexadecimal, no leading zeros, and the line's end (RFC 9112 §7.1).
    private mutating func appendChunkSize(_ count: Int) {
        var shift = max(0, (Int.bitWidth - count.leadingZeroBitCount - 1) / 4 * 4)
        while shift >= 0 {
            let digit = UInt8(truncatingIfNeeded: count >> shift) & 15
            script.bytes.append(digit < 10 ? 0x30 + digit : 0x57 + digit)
            shift -= 4
        }
        script.bytes.append(0x0D)
        script.bytes.append(0x0A)
    }

    private mutating func breakInside(_ start: Int, _ count: Int) {
        armory.aimAtCodePoint(in: script.bytes[start..<(start + count)], bodyOffset: counts.bodyBytes)
        while !hasEnded, let fault = armory.takeByte(in: (counts.bodyBytes + 1)..<(counts.bodyBytes + count)) {
            let cut = start + fault.offset - counts.bodyBytes
            if unwritten < cut {
                script.steps.append(.write(unwritten..<cut, .piece))
                unwritten = cut
            }
            strike(fault.armed)
        }
    }

    private func mark(of event: Event) -> Mark {
        switch event.kind {
        case .content: .content(counts.contents + 1)
        case .done: .done
        case .frame, .finish, .error: .event(counts.events)
        }
    }

    private mutating func passed(_ event: Event) {
        if case .content(let tokens) = event.kind {
            counts.contents += 1
            counts.tokens += tokens
        }
        guard !isPlain else { return }
        armory.aim(afterEvent: counts.events, content: counts.contents, bodyOffset: counts.bodyBytes)
        let counts = counts
        fire { point in
            switch point {
            case .event(let n, plus: 0): n == counts.events
            case .content(let n, plus: 0): n == counts.contents
            case .token(let n): n <= counts.tokens
            default: false
            }
        }
        fireBytes()
    }

    private mutating func write(_ mark: Mark) {
        guard !isPlain, unwritten < script.bytes.count else { return }
        script.steps.append(.write(unwritten..<script.bytes.count, mark))
        unwritten = script.bytes.count
    }

    // MARK: Faults and pauses

    private mutating func pause(_ duration: Duration) {
        var rest = duration
        while !hasEnded, let fault = armory.takeElapsed(from: elapsed, through: elapsed + rest) {
            let part = fault.after - elapsed
            if part > .zero { script.steps.append(.pause(part)) }
            elapsed += part
            rest -= part
            strike(fault.armed)
        }
        guard !hasEnded, rest > .zero else { return }
        script.steps.append(.pause(rest))
        elapsed += rest
    }

    private mutating func fire(_ isHere: (Fault.Point) -> Bool) {
        guard !isPlain else { return }
        while !hasEnded, let armed = armory.take(isHere) { strike(armed) }
    }

    private mutating func fireBytes() {
        guard !isPlain else { return }
        while !hasEnded, let fault = armory.takeByte(in: 0..<(counts.bodyBytes + 1)) { strike(fault.armed) }
    }

    private mutating func strike(_ armed: Armory.Armed) {
        switch armed.fault.effect {
        case .action(.stall(let duration)):
            script.steps.append(.fault(armed.index))
            pause(duration)
        case .action(.splitCodePoint):
            script.steps.append(.fault(armed.index))
            pause(.milliseconds(20))
        case .action: break
        case .ending(let ending):
            script.steps.append(.fault(armed.index))
            script.steps.append(.end(ending))
            script.bytes.removeSubrange(unwritten...)
            hasEnded = true
        }
    }

    private func missReason(_ armed: Armory.Armed) -> String {
        if hasEnded { return "an earlier fault had ended the answer" }
        switch armed.fault.point {
        case _ where isWhole && armed.fault.point.needsStream: return "the answer is a whole body, not a stream"
        case .event: return "the answer has \(counts.events) events"
        case .content: return "the answer has \(counts.contents) pieces of content"
        case .token: return "the answer has \(counts.tokens) tokens"
        case .byte: return "the body has \(counts.bodyBytes) bytes"
        case .elapsed: return "the answer was over after \(elapsed.words)"
        case .firstContent: return "the answer has no content"
        case .start, .head, .done: return "nothing in the rest of the answer could be broken so"
        }
    }
}
