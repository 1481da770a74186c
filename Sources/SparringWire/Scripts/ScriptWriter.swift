/// Writes a script piece by piece: each piece passes the SSE layer, the framing, the pace and the faults.
///
/// Processes one event at a time and stores no earlier events. Therefore the same code works for a list of events and
/// for events that are still arriving.
struct ScriptWriter {
    private(set) var script: WireScript
    private(set) var outcomes: FaultOutcomes
    private(set) var hasEnded = false
    private var armory: PendingFaults
    private let pace: Pace
    private var draws: PaceDraws?
    private var form: WireForm
    /// True if the first reserved bit of a message means that the message is compressed.
    private let allowsCompression: Bool
    /// True if there are no pauses and no faults: the whole answer is one write.
    private let isPlain: Bool
    private var elapsed = Duration.zero
    private var counts = Counts()
    /// The start of the bytes that are not part of a write yet.
    private var unwritten = 0
    /// The changes that faults have made so far.
    private var layers = Layers()
    /// The point where a breakpoint holds the answer; nil without a breakpoint, or once the `hold` is written.
    private var hold: Fault.Point?

    private struct Counts {
        var bodyBytes = 0
        var events = 0
        var contents = 0
        var tokens = 0
    }

    init(
        faults: [OrderedFault], outcomes: FaultOutcomes, pace: Pace, version: HTTPVersion, isChunked: Bool,
        carrier: Composition.Carrier = .body, allowsCompression: Bool = false, capacity: Int, hasPauses: Bool = false,
        hold: Fault.Point? = nil
    ) {
        self.outcomes = outcomes
        script = WireScript()
        script.bytes.reserveCapacity(capacity)
        armory = PendingFaults(faults)
        self.pace = pace
        draws = pace.draws
        let isSocket = if case .body = carrier { false } else { true }
        form = WireForm(
            version: version, isChunked: isChunked, isSocket: isSocket, hasHead: carrier.hasHead,
            isPaced: pace.every != nil)
        self.allowsCompression = allowsCompression
        self.hold = hold
        isPlain = faults.isEmpty && pace == .none && !hasPauses && hold == nil
    }

    mutating func begin(isWhole: Bool) {
        form.isWhole = isWhole
        // A whole body is sent when the model has finished, after the pace's first time.
        if isWhole, let first = pace.first { pause(first) }
        fire { $0 == .start }
    }

    /// - Parameter faults: payload faults that take effect with the head.
    mutating func head(faults: [FaultID] = [], _ append: (inout [UInt8]) -> Void) {
        guard !hasEnded else { return }
        append(&script.bytes)
        guard !isPlain else { return }
        breakHead()
        write(.head)
        guard !hasEnded else { return }
        stamp(faults)
        stamp(layers.takeStruck())
        if layers.rhythm?.endsWithHead == true { layers.rhythm = nil }
        fire { $0 == .head }
        fireBytes()
    }

    /// Takes the place of `head` for an answer on an open WebSocket, which has no head.
    mutating func withoutHead(faults: [FaultID]) {
        guard !isPlain, !hasEnded else { return }
        stamp(faults)
        fire { $0 == .head }
        fireBytes()
    }

    /// Ends a WebSocket.
    mutating func close(_ close: SocketClose) {
        guard !hasEnded else { return }
        body(SocketFrame.close(close).bytes, .done)
    }

    mutating func whole(_ bytes: [UInt8]) {
        guard !hasEnded else { return }
        if isPlain { piece(.piece, count: bytes.count) { $0.append(contentsOf: bytes) } } else { body(bytes, .piece) }
        fire { $0 == .done }
    }

    /// - Parameter isClosing: true if the event tells the client that the stream is complete.
    mutating func event(_ event: Event, isClosing: Bool) {
        if event.hasPause { pause(event.pause) }
        if isClosing { fire { $0 == .done } }
        if case .content = event.kind {
            let pause = counts.contents == 0 ? pace.first : draws?.next() ?? pace.every
            if let pause = layers.due(pause, every: pace.every) { self.pause(pause) }
            if counts.contents == 0 { fire { $0 == .firstContent } }
        }
        if let delay = layers.rhythm?.delay, delay > .zero { pause(delay) }
        guard !hasEnded else { return }
        counts.events += 1
        let mark = mark(of: event)
        guard isPlain else {
            let bytes =
                form.isSocket
                ? layers.takeFrameStyle().bytes(of: event.data, allowsCompression: allowsCompression)
                : layers.takeStyle().bytes(of: event, number: counts.events)
            body(bytes, mark)
            if !hasEnded { stamp(event.faults) }
            return passed(event)
        }
        guard !form.isSocket else {
            piece(mark, count: event.data.count) { SocketFrame.text(event.data).append(to: &$0) }
            return passed(event)
        }
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

    /// - Parameter ending: what happens to the connection after an intact answer.
    mutating func finish(_ ending: Ending) {
        guard !isPlain else { return finishPlainly(ending) }
        if !hasEnded { finishBody() }
        fire { $0 == .end }
        if !hasEnded { script.steps.append(.end(layers.closes ? .fin : ending)) }
        for armed in armory.remaining { outcomes.miss(armed.id, missReason(armed)) }
        for id in layers.struck + layers.struckAtEnd { outcomes.miss(id, missReason(nil)) }
    }

    private mutating func finishPlainly(_ ending: Ending) {
        if form.isChunked { script.bytes.append(contentsOf: "0\r\n\r\n".utf8) }
        script.steps.reserveCapacity(script.steps.count + 2)
        if unwritten < script.bytes.count {
            script.steps.append(.write(unwritten..<script.bytes.count, .done))
        }
        script.steps.append(.end(ending))
    }

    private mutating func finishBody() {
        if let rest = layers.coding?.finish(), !rest.isEmpty { body(rest, .piece, isCoded: true) }
        guard !hasEnded else { return }
        if form.isChunked {
            script.bytes += layers.framing.lastChunk
            if !layers.framing.hasLastChunk { layers.closes = true }
            write(.done)
        }
        guard !hasEnded else { return }
        stamp(layers.takeStruckAtEnd())
    }

    /// Writes one framed piece of the body without faults.
    private mutating func piece(_ mark: Mark, count: Int, _ append: (inout [UInt8]) -> Void) {
        if form.isChunked { appendChunkSize(count) }
        append(&script.bytes)
        if form.isChunked {
            script.bytes.append(0x0D)
            script.bytes.append(0x0A)
        }
        counts.bodyBytes += count
    }

    /// Writes one piece of the body through coding and framing. Faults inside the piece split the write.
    private mutating func body(_ bytes: [UInt8], _ mark: Mark, isCoded: Bool = false) {
        guard !hasEnded else { return }
        let bytes = isCoded ? bytes : layers.coding?.push(bytes) ?? bytes
        guard !layers.framing.isTorn else { return tear(bytes) }
        if form.isChunked { script.bytes += layers.framing.opening(bytes.count) }
        let start = script.bytes.count
        script.bytes += bytes
        if form.isChunked { script.bytes += layers.framing.closing }
        breakInside(start, bytes.count)
        counts.bodyBytes += bytes.count
        guard !hasEnded else { return }
        write(mark)
        guard !hasEnded else { return }
        layers.framing.chunkIsWritten()
        stamp(layers.takeStruck())
        fireBytes()
    }

    /// Writes half of the piece, then FIN.
    private mutating func tear(_ bytes: [UInt8]) {
        if form.isChunked { script.bytes += layers.framing.opening(bytes.count) }
        script.bytes += bytes.prefix(bytes.count / 2)
        write(.piece)
        guard !hasEnded else { return }
        stamp(layers.takeStruck())
        script.steps.append(.end(.fin))
        hasEnded = true
    }

    /// Appends the size in hexadecimal without leading zeros, and the line end (RFC 9112 §7.1).
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
        armory.aimAtPlaces(in: script.bytes[start..<(start + count)], bodyOffset: counts.bodyBytes)
        while !hasEnded, let fault = armory.takeByte(in: (counts.bodyBytes + 1)..<(counts.bodyBytes + count)) {
            write(upTo: start + fault.offset - counts.bodyBytes, .piece)
            if !hasEnded { strike(fault.armed) }
        }
    }

    private mutating func breakHead() {
        if !layers.headEdits.isEmpty {
            var head = HeadLines(script.bytes[unwritten...])
            for (id, arguments, edit) in layers.headEdits {
                if let reason = edit(arguments, &head) {
                    outcomes.miss(id, reason)
                } else {
                    layers.struck.append(id)
                }
            }
            layers.closes = layers.closes || head.closes
            script.bytes.removeSubrange(unwritten...)
            script.bytes += head.bytes
        }
        guard form.version.major == 1 else { return }
        let start = unwritten
        while !hasEnded, let fault = armory.takeHeadByte(upTo: script.bytes.count - start) {
            write(upTo: start + fault.offset, nil)
            if !hasEnded { strike(fault.armed) }
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
        guard !isPlain, !hasEnded else { return }
        write(upTo: script.bytes.count, mark)
    }

    /// - Parameter mark: the part of the answer that the last of these bytes completes.
    private mutating func write(upTo end: Int, _ mark: Mark?) {
        guard let rhythm = layers.rhythm, rhythm.pieceBytes > 0 else {
            if unwritten < end { script.steps.append(.write(unwritten..<end, mark)) }
            unwritten = max(unwritten, end)
            return
        }
        while unwritten < end, !hasEnded {
            let next = min(unwritten + rhythm.pieceBytes, end)
            script.steps.append(.write(unwritten..<next, next == end ? mark : counts.bodyBytes > 0 ? .piece : nil))
            unwritten = next
            if rhythm.gap > .zero { pause(rhythm.gap) } else { script.steps.append(.flush) }
        }
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
        guard let hold, !hasEnded, isHere(hold) else { return }
        script.steps.append(.hold)
        self.hold = nil
    }

    private mutating func fireBytes() {
        guard !isPlain else { return }
        while !hasEnded, let fault = armory.takeByte(in: 0..<(counts.bodyBytes + 1)) { strike(fault.armed) }
    }

    private mutating func stamp(_ faults: [FaultID]) {
        for id in faults { script.steps.append(.fault(id)) }
    }

    private mutating func strike(_ armed: PendingFaults.PendingFault) {
        switch armed.fault.effect {
        case .action(let action): strike(armed.id, action)
        case .ending(let ending): insert([.fault(armed.id), .end(ending)])
        }
    }

    private mutating func strike(_ id: FaultID, _ action: Fault.Action) {
        guard let fault = WireFaults.named[action.name] else { return }
        if let reason = form.obstacle(to: fault, action.arguments) { return outcomes.miss(id, reason) }
        let arguments = action.arguments
        switch fault.edit {
        case .pause(let duration), .split(_, let duration):
            stamp([id])
            pause(duration(arguments))
        case .steps(let steps): insert(steps(arguments, id))
        case .insertion(let bytes), .controlFrames(let bytes):
            layers.struck.append(id)
            body(bytes(arguments), .piece)
        case .close(let content):
            body(SocketFrame.close(content(arguments)).bytes, .piece)
            if !hasEnded { insert([.fault(id), .end(.fin)]) }
        case .lastChunk(let edit):
            edit(arguments, &layers.framing)
            layers.struckAtEnd.append(id)
        case .head: layers.apply(fault.edit, arguments, id)
        case .coding:
            layers.apply(fault.edit, arguments, id)
            // A whole body was coded before its length was written into the head.
            if form.isWhole { layers.coding = nil }
        default:
            layers.apply(fault.edit, arguments, id)
            layers.struck.append(id)
        }
    }

    /// If the last step is an end, the rest of the answer is dropped.
    private mutating func insert(_ steps: [WireScript.Step]) {
        script.steps += steps
        guard case .end? = steps.last else { return }
        script.bytes.removeSubrange(unwritten...)
        hasEnded = true
    }

    private func missReason(_ armed: PendingFaults.PendingFault?) -> String {
        if hasEnded { return "an earlier fault ended the answer" }
        switch armed?.fault.point {
        case let point? where form.isWhole && point.needsStream: return WireForm.notAStream
        case .event: return "the answer has \(counts.events) events"
        case .content: return "the answer has \(counts.contents) pieces of content"
        case .token: return "the answer has \(counts.tokens) tokens"
        case .byte: return "the body has \(counts.bodyBytes) bytes"
        case .headByte: return form.version == .http2 ? "a head of HTTP/2 is one block" : "the head is shorter"
        case .elapsed: return "the answer ended after \(elapsed.words)"
        case .firstContent: return "the answer has no content"
        case .start, .head, .done, .end, .connection, .requestHead, nil:
            return "the rest of the answer contains nothing that this fault can break"
        }
    }
}
