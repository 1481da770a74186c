import SparringExchange
import SparringWire

/// Why the bodies of an exchange are not in the file; the raw value is in the column `body_dropped`.
enum BodyDrop: String, Sendable, Hashable {
    /// `--journal heads` excludes bodies.
    case heads
    /// The writer had fallen behind.
    case queue
    /// They were the oldest when the budget was used up.
    case budget
    /// One of them has a coding in which a secret could hide; the other is kept.
    case coding
}

/// Finished exchanges that are not written yet. Bounded in bytes: if the writer falls behind, exchanges are queued
/// without their bodies; if facts alone fill the queue, it refuses more, and the caller has to wait. A value:
/// `JournalStore` keeps it under a lock.
struct JournalQueue: Sendable {
    /// In bytes of memory, estimated.
    struct Bounds: Sendable, Hashable {
        /// Above it, exchanges are queued without their bodies.
        var bodies = 32 << 20
        /// Above it, no exchange is queued.
        var facts = 128 << 20
    }

    struct Item: Sendable {
        /// Without the request's body if that was dropped.
        var exchange: Exchange
        var requestBytes: Int
        /// The answer's script, head and framing included; only the head if the body was dropped.
        var answer: [UInt8]
        var answerBytes: Int
        var dropped: BodyDrop?
    }

    /// The entries of one transaction, and their cost until they are written.
    struct Batch: Sendable {
        fileprivate(set) var items: [Item] = []
        fileprivate var cost = 0
    }

    private let bounds: Bounds
    private var waiting = Batch()
    /// The cost of entries that were taken and are not settled.
    private var takenCost = 0

    init(bounds: Bounds) { self.bounds = bounds }

    var isEmpty: Bool { waiting.items.isEmpty }
    var count: Int { waiting.items.count }
    var cost: Int { waiting.cost + takenCost }

    /// More than half of the bound for bodies: the writer should start now.
    var isFilling: Bool { cost > bounds.bodies / 2 }

    enum Outcome: Sendable, Hashable {
        case whole
        case withoutBodies
        /// Refused.
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

    /// All entries, oldest first. They count against the bounds until they are settled.
    mutating func take() -> Batch {
        var taken = Batch()
        swap(&taken, &waiting)
        takenCost += taken.cost
        return taken
    }

    /// The batch has been written.
    mutating func settle(_ taken: Batch) { takenCost -= taken.cost }

    /// The batch could not be written yet.
    mutating func putBack(_ taken: Batch) {
        takenCost -= taken.cost
        waiting.cost += taken.cost
        waiting.items = taken.items + waiting.items
    }

    /// An estimate: values, their strings, and the entries of the timeline.
    private static func factsCost(of exchange: Exchange) -> Int {
        768 + exchange.request.target.utf8.count
            + exchange.request.headers.fields.reduce(0) { $0 + 64 + $1.name.utf8.count + $1.value.utf8.count }
            + exchange.timeline.entries.count * MemoryLayout<Timeline.Entry>.stride
            + exchange.decision.faults.count * 64 + (exchange.decision.unmatched?.utf8.count ?? 0)
    }
}
