/// The faults of a script that have not struck yet: by layer, then in the order of the list.
struct PendingFaults {
    struct PendingFault {
        let id: FaultID
        let fault: Fault
        /// The byte of the body at which the fault strikes, once the byte is known.
        var offset: Int?
        /// The kind of place that a split waits for.
        var sought: SplitPlace?
    }

    private(set) var remaining: [PendingFault]

    init(_ faults: [OrderedFault]) {
        guard !faults.isEmpty else {
            remaining = []
            return
        }
        remaining = faults.filter(\.fault.isOfTheWire)
            .sorted { ($0.fault.layer, $0.id) < ($1.fault.layer, $1.id) }
            .map { PendingFault(id: $0.id, fault: $0.fault, offset: $0.fault.point.bodyByte) }
    }

    var isEmpty: Bool { remaining.isEmpty }

    /// The first fault for which `isHere` returns true.
    mutating func take(_ isHere: (Fault.Point) -> Bool) -> PendingFault? {
        while let position = remaining.firstIndex(where: {
            $0.offset == nil && $0.sought == nil && isHere($0.fault.point)
        }) {
            guard let place = remaining[position].fault.splitPlace else { return remaining.remove(at: position) }
            remaining[position].sought = place
        }
        return nil
    }

    /// The first fault inside the head, with the number of bytes of the head before the fault.
    mutating func takeHeadByte(upTo count: Int) -> (armed: PendingFault, offset: Int)? {
        func offset(_ armed: PendingFault) -> Int? {
            if case .headByte(let n) = armed.fault.point, n < count { n } else { nil }
        }
        let hits = remaining.indices.filter { offset(remaining[$0]) != nil }
        guard let position = hits.min(by: { (offset(remaining[$0]) ?? 0, $0) < (offset(remaining[$1]) ?? 0, $1) }),
            let offset = offset(remaining[position])
        else { return nil }
        return (remaining.remove(at: position), offset)
    }

    /// The next fault at a byte of the body. Splits whose byte is not known yet are left out.
    mutating func takeByte(in range: Range<Int>) -> (armed: PendingFault, offset: Int)? {
        let hits = remaining.indices.filter { remaining[$0].offset.map(range.contains) ?? false }
        guard let position = hits.min(by: { (remaining[$0].offset ?? 0, $0) < (remaining[$1].offset ?? 0, $1) }),
            let offset = remaining[position].offset
        else { return nil }
        let armed = remaining.remove(at: position)
        return (armed, offset)
    }

    /// The next fault that is due in this period.
    mutating func takeElapsed(from start: Duration, through end: Duration) -> (armed: PendingFault, after: Duration)? {
        func time(_ armed: PendingFault) -> Duration? {
            guard case .elapsed(let after) = armed.fault.point, after >= start, after <= end else { return nil }
            return after
        }
        let hits = remaining.indices.filter { time(remaining[$0]) != nil }
        guard let position = hits.min(by: { (time(remaining[$0]) ?? end) < (time(remaining[$1]) ?? end) }),
            let after = time(remaining[position])
        else { return nil }
        return (remaining.remove(at: position), after)
    }

    /// Converts points such as `event 4 + 20 bytes` to a byte of the body, once the event has been written.
    mutating func aim(afterEvent event: Int, content: Int, bodyOffset: Int) {
        for position in remaining.indices {
            switch remaining[position].fault.point {
            case .event(event, let plus) where plus > 0, .content(content, let plus) where plus > 0:
                if remaining[position].offset == nil { remaining[position].offset = bodyOffset + plus }
            default: break
            }
        }
    }

    /// Sets the byte of each waiting split: the first place of the split's kind in the next bytes.
    mutating func aimAtPlaces(in bytes: ArraySlice<UInt8>, bodyOffset: Int) {
        for position in remaining.indices {
            guard let place = remaining[position].sought, let cut = place.cut(in: bytes) else { continue }
            remaining[position].sought = nil
            remaining[position].offset = bodyOffset + cut
        }
    }
}

extension Fault {
    fileprivate var splitPlace: SplitPlace? {
        guard case .action(let action) = effect, case .split(let place, _) = WireFaults.named[action.name]?.edit else {
            return nil
        }
        return place
    }
}

extension Fault.Point {
    /// True for points that count events, which a whole body does not have.
    var needsStream: Bool {
        switch self {
        case .event, .content, .token, .firstContent: true
        case .start, .headByte, .head, .done, .byte, .elapsed, .end, .connection, .requestHead: false
        }
    }

    fileprivate var bodyByte: Int? { if case .byte(let n) = self { n } else { nil } }
}
