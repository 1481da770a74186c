import SparringExchange
import SparringWire

/// Why the bodies of an exchange are not in the file, as the column `body_dropped` says it.
enum BodyDrop: String, Sendable, Hashable {
    /// `--journal heads`: they were not wanted.
    case heads
    /// The writer had fallen behind.
    case queue
    /// They were the oldest when the budget was used up.
    case budget
    /// One of them is in a coding in which a secret could hide; the other is there.
    case coding
}

/// What has ended and is not written yet. Bounded in bytes: where the writer falls behind, exchanges come without their bodies;
/// where facts alone fill it, it takes no more, and the caller has to wait. A value: `JournalStore` holds it under a lock.
struct JournalQueue: Sendable {
    /// In bytes of memory, estimated.
    struct Bounds: Sendable, Hashable {
        /// Beyond it exchanges come without their bodies.
        var bodies = 32 << 20
        /// Beyond it nothing comes in.
        var facts = 128 << 20
    }

    struct Item: Sendable {
        /// Without its request's body where that was dropped.
        var exchange: Exchange
        var requestBytes: Int
        /// As ordered, head and framing included; the head alone where the body was dropped.
        var answer: [UInt8]
        var answerBytes: Int
        var dropped: BodyDrop?
    }

    /// What is taken at once, and what it counts for until it is written.
    struct Batch: Sendable {
        fileprivate(set) var items: [Item] = []
        fileprivate var cost = 0
    }

    private let bounds: Bounds
    private var waiting = Batch()
    /// Of what has been taken and is not settled.
    private var takenCost = 0

    init(bounds: Bounds) { self.bounds = bounds }

    var isEmpty: Bool { waiting.items.isEmpty }
    var count: Int { waiting.items.count }
    var cost: Int { waiting.cost + takenCost }

    /// Half of what bodies may take: the writer had better start now.
    var isFilling: Bool { cost > bounds.bodies / 2 }

    enum Outcome: Sendable, Hashable {
        case whole
        case withoutBodies
        /// Not taken.
        case full
    }

    mutating func append(_ exchange: Exchange, played script: WireScript?) -> Outcome {
        var item = Item(
            exchange: exchange, requestBytes: exchange.request.body.count, answer: script?.bytes ?? [],
            answerBytes: script?.bytes.count ?? 0)
        let facts = Self.factsCost(of: exchange)
        guard cost + facts <= bounds.facts else { return .full }
        let bodies = item.requestBytes + item.answerBytes
        if cost + facts + bodies > bounds.bodies {
            item.exchange.request.body = []
            item.answer = Array(item.answer.prefix(Redaction.headLength(ofAnswer: item.answer)))
            item.dropped = .queue
            waiting.cost += facts + item.answer.count
        } else {
            waiting.cost += facts + bodies
        }
        waiting.items.append(item)
        return item.dropped == nil ? .whole : .withoutBodies
    }

    /// Everything, oldest first. It counts against the bounds until it is settled.
    mutating func take() -> Batch {
        var taken = Batch()
        swap(&taken, &waiting)
        takenCost += taken.cost
        return taken
    }

    /// What was taken is written.
    mutating func settle(_ taken: Batch) { takenCost -= taken.cost }

    /// What was taken could not be written yet.
    mutating func putBack(_ taken: Batch) {
        takenCost -= taken.cost
        waiting.cost += taken.cost
        waiting.items = taken.items + waiting.items
    }

    /// Close enough: values, their strings, and a stamp a timeline entry.
    private static func factsCost(of exchange: Exchange) -> Int {
        768 + exchange.request.target.utf8.count
            + exchange.request.headers.fields.reduce(0) { $0 + 64 + $1.name.utf8.count + $1.value.utf8.count }
            + exchange.timeline.entries.count * MemoryLayout<Timeline.Entry>.stride
            + exchange.decision.faults.count * 64 + (exchange.decision.unmatched?.utf8.count ?? 0)
    }
}
