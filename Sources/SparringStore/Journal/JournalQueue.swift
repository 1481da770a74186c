import SparringExchange
import SparringWire

/// The reason why the bodies of an exchange are not in the file. The raw value is stored in the column `body_dropped`.
enum BodyDrop: String, Sendable, Hashable {
    /// `--journal heads` excludes bodies.
    case heads
    /// The writer could not keep up.
    case queue
    /// The bodies were the oldest when the budget was used up.
    case budget
    /// One of the bodies has a coding in which a secret could be hidden. The other body is stored.
    case coding
}

/// Finished exchanges that are not written yet. The bytes of these exchanges are limited: if the writer cannot keep up, exchanges are
/// queued without their bodies. If the queue is full even without bodies, it refuses exchanges, and the caller has to
/// wait. The queue is a value; `JournalStore` protects it with a lock.
struct JournalQueue: Sendable {
    /// The limits, in estimated bytes of memory.
    struct Bounds: Sendable, Hashable {
        /// Above this limit, exchanges are queued without their bodies.
        var bodies = 32 << 20
        /// Above this limit, no exchange is queued.
        var facts = 128 << 20
    }

    struct Item: Sendable {
        /// The exchange. If the bodies were dropped, the exchange has no request body.
        var exchange: Exchange
        var requestBytes: Int
        /// The bytes of the answer's script, including head and framing. If the bodies were dropped, this is only the head.
        var answer: [UInt8]
        var answerBytes: Int
        var dropped: BodyDrop?
        /// The number of bytes of memory that the entry takes, as an estimate.
        fileprivate(set) var cost = 0

        /// The same exchange without its bodies, because the writer could not keep up or the disk has no room.
        func withoutBodies() -> Item {
            var item = self
            item.exchange.request.body = []
            item.answer = Array(answer.prefix(Redaction.headLength(ofAnswer: answer)))
            item.dropped = .queue
            return item
        }
    }

    /// The entries of one transaction. The cost of the entries counts until the entries are written.
    struct Batch: Sendable {
        fileprivate(set) var items: [Item] = []
        fileprivate var cost = 0
    }

    private let bounds: Bounds
    private var waiting = Batch()
    /// The cost of entries that were taken and have not been settled.
    private var takenCost = 0

    init(bounds: Bounds) { self.bounds = bounds }

    var isEmpty: Bool { waiting.items.isEmpty }
    var count: Int { waiting.items.count }
    var cost: Int { waiting.cost + takenCost }

    /// True above half of the limit for bodies, when the writer should start.
    var isFilling: Bool { cost > bounds.bodies / 2 }

    enum Outcome: Sendable, Hashable {
        case whole
        case withoutBodies
        /// The entry was refused, because the queue is full.
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
            item = item.withoutBodies()
            item.cost = facts + item.answer.count
        } else {
            item.cost = facts + bodies
        }
        waiting.cost += item.cost
        waiting.items.append(item)
        return item.dropped == nil ? .whole : .withoutBodies
    }

    /// Takes all entries, oldest first. The entries count against the limits until they are settled.
    mutating func take() -> Batch {
        var taken = Batch()
        swap(&taken, &waiting)
        takenCost += taken.cost
        return taken
    }

    /// Call this when the batch has been written.
    mutating func settle(_ taken: Batch) { takenCost -= taken.cost }

    /// Call this if the batch could not be written, or if only its first entries were written. The other entries will be taken again.
    mutating func putBack(_ taken: Batch, written: Int = 0) {
        takenCost -= taken.cost
        let rest = taken.items.dropFirst(written)
        waiting.cost += rest.reduce(0) { $0 + $1.cost }
        waiting.items = rest + waiting.items
    }

    /// The estimated cost of the values, their strings, and the entries of the timeline.
    private static func factsCost(of exchange: Exchange) -> Int {
        768 + exchange.request.target.utf8.count
            + exchange.request.headers.fields.reduce(0) { $0 + 64 + $1.name.utf8.count + $1.value.utf8.count }
            + exchange.timeline.entries.count * MemoryLayout<Timeline.Entry>.stride
            + exchange.decision.faults.count * 64 + (exchange.decision.unmatched?.utf8.count ?? 0)
    }
}
