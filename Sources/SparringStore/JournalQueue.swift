import SparringExchange
import SparringWire

/// What has ended and is not written yet. Bounded in bytes: where the writer falls behind, bodies are let go first, and only
/// when facts alone fill the queue are exchanges let go, counted. A value: `JournalStore` holds it under a lock.
struct JournalQueue: Sendable {
    /// In bytes of memory, estimated.
    struct Bounds: Sendable {
        /// Beyond it exchanges come without their bodies.
        var bodies = 64 << 20
        /// Beyond it exchanges do not come at all.
        var facts = 256 << 20
    }

    struct Item: Sendable {
        /// Without its request's body where that was let go.
        var exchange: Exchange
        var requestBytes: Int
        /// As ordered, head and framing included; empty where it was let go.
        var answer: [UInt8]
        var answerBytes: Int
        var areBodiesDropped = false
        fileprivate(set) var cost = 0
    }

    private let bounds: Bounds
    private var items: [Item] = []
    /// Of everything queued, and of everything taken whose writing is not confirmed.
    private var cost = 0
    /// Exchanges that did not come in at all.
    private(set) var lost = 0

    init(bounds: Bounds) { self.bounds = bounds }

    var isEmpty: Bool { items.isEmpty }
    var count: Int { items.count }

    enum Outcome: Sendable, Hashable {
        case whole
        case withoutBodies
        case lost
    }

    mutating func append(_ exchange: Exchange, played script: WireScript?) -> Outcome {
        var item = Item(
            exchange: exchange, requestBytes: exchange.request.body.count, answer: script?.bytes ?? [],
            answerBytes: script?.bytes.count ?? 0)
        let facts = Self.factsCost(of: exchange)
        guard cost + facts <= bounds.facts else {
            lost += 1
            return .lost
        }
        let bodies = item.requestBytes + item.answerBytes
        if cost + facts + bodies > bounds.bodies, bodies > 0 {
            item.exchange.request.body = []
            item.answer = []
            item.areBodiesDropped = true
            item.cost = facts
        } else {
            item.cost = facts + bodies
        }
        cost += item.cost
        items.append(item)
        return item.areBodiesDropped ? .withoutBodies : .whole
    }

    /// Everything, oldest first. It counts against the bounds until it is `settled`.
    mutating func take() -> [Item] {
        var taken: [Item] = []
        taken.reserveCapacity(items.count)
        swap(&taken, &items)
        return taken
    }

    /// What was taken is written, or given up.
    mutating func settle(_ items: some Sequence<Item>) { for item in items { cost -= item.cost } }

    mutating func giveUp(_ items: [Item]) {
        lost += items.count
        settle(items)
    }

    /// Close enough: values, their strings, and a stamp a timeline entry.
    private static func factsCost(of exchange: Exchange) -> Int {
        768 + exchange.request.target.utf8.count + exchange.request.headers.fields.count * 96
            + exchange.timeline.entries.count * MemoryLayout<Timeline.Entry>.stride
            + exchange.decision.faults.count * 64 + (exchange.decision.unmatched?.utf8.count ?? 0)
    }
}
