/// The faults of a script that have not struck yet, in the order of the list.
struct Armory {
    struct Armed {
        let index: Int
        let fault: Fault
        /// Where in the body it strikes, once that is known.
        var offset: Int?
        /// A split waits for the next multi-byte character.
        var seeksCodePoint = false
    }

    private(set) var remaining: [Armed]

    init(_ faults: [Fault]) {
        remaining = faults.enumerated().compactMap { index, fault in
            guard fault.isOfTheWire else { return nil }
            return Armed(index: index, fault: fault, offset: fault.point.bodyByte)
        }
    }

    var isEmpty: Bool { remaining.isEmpty }

    /// The first fault whose point is here.
    mutating func take(_ isHere: (Fault.Point) -> Bool) -> Armed? {
        guard
            let position = remaining.firstIndex(where: {
                $0.offset == nil && !$0.seeksCodePoint && isHere($0.fault.point)
            })
        else { return nil }
        guard case .action(.splitCodePoint) = remaining[position].fault.effect else {
            return remaining.remove(at: position)
        }
        remaining[position].seeksCodePoint = true
        return take(isHere)
    }

    /// The next fault at a byte of the body, splits left out until they have found their byte.
    mutating func takeByte(in range: Range<Int>) -> (armed: Armed, offset: Int)? {
        let hits = remaining.indices.filter { remaining[$0].offset.map(range.contains) ?? false }
        guard let position = hits.min(by: { (remaining[$0].offset ?? 0, $0) < (remaining[$1].offset ?? 0, $1) }),
            let offset = remaining[position].offset
        else { return nil }
        let armed = remaining.remove(at: position)
        return (armed, offset)
    }

    /// The next fault that is due within this stretch of time.
    mutating func takeElapsed(from start: Duration, through end: Duration) -> (armed: Armed, after: Duration)? {
        func time(_ armed: Armed) -> Duration? {
            guard case .elapsed(let after) = armed.fault.point, after >= start, after <= end else { return nil }
            return after
        }
        let hits = remaining.indices.filter { time(remaining[$0]) != nil }
        guard let position = hits.min(by: { (time(remaining[$0]) ?? end) < (time(remaining[$1]) ?? end) }),
            let after = time(remaining[position])
        else { return nil }
        return (remaining.remove(at: position), after)
    }

    /// Points such as `event 4 + 20 bytes` become a byte of the body when the event has passed.
    mutating func aim(afterEvent event: Int, content: Int, bodyOffset: Int) {
        for position in remaining.indices {
            switch remaining[position].fault.point {
            case .event(event, let plus) where plus > 0, .content(content, let plus) where plus > 0:
                if remaining[position].offset == nil { remaining[position].offset = bodyOffset + plus }
            default: break
            }
        }
    }

    /// Splits that are waiting strike inside the first multi-byte character of the next bytes: after its lead byte.
    mutating func aimAtCodePoint(in bytes: ArraySlice<UInt8>, bodyOffset: Int) {
        guard remaining.contains(where: \.seeksCodePoint), let lead = bytes.firstIndex(where: { $0 >= 0xC0 }) else {
            return
        }
        for position in remaining.indices where remaining[position].seeksCodePoint {
            remaining[position].seeksCodePoint = false
            remaining[position].offset = bodyOffset + lead - bytes.startIndex + 1
        }
    }
}

extension Fault {
    /// Payload faults are `SparringAPI`'s; the rest is an edit of bytes, framing, pace or ending.
    package var isOfTheWire: Bool {
        switch effect {
        case .ending, .action(.stall), .action(.splitCodePoint): true
        case .action: false
        }
    }
}

extension Fault.Point {
    /// Points that count events make no sense in a body that is one piece.
    var needsStream: Bool {
        switch self {
        case .event, .content, .token, .firstContent: true
        case .start, .head, .done, .byte, .elapsed: false
        }
    }

    fileprivate var bodyByte: Int? { if case .byte(let n) = self { n } else { nil } }
}
