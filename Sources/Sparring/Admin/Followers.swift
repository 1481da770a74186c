import SparringEngine
import SparringExchange
import SparringWire
import Synchronization

/// Passes finished exchanges to the connections that follow the journal live. Without followers, an exchange only costs
/// one atomic read.
final class Followers: ExchangeSink {
    /// The maximum number of followers. Each follower occupies a connection. A program with more followers has probably
    /// forgotten to close some.
    static let most = 100

    /// Masks more of an exchange than `Redaction` does.
    private let conceal: (@Sendable (Exchange) -> Exchange)?
    /// The exchanges of the other servers of a store; nil without a store.
    private let news: (any SharedNews)?
    private let count = Atomic<Int>(0)
    private let followers = Mutex<[ObjectIdentifier: Follower]>([:])

    init(conceal: (@Sendable (Exchange) -> Exchange)? = nil, news: (any SharedNews)? = nil) {
        (self.conceal, self.news) = (conceal, news)
    }

    func receive(_ original: Exchange) {
        guard count.load(ordering: .acquiring) > 0 else { return }
        let exchange = conceal?(original) ?? original
        for follower in followers.withLock({ Array($0.values) }) { follower.offer(exchange) }
    }

    var isFull: Bool { count.load(ordering: .acquiring) >= Self.most }

    func insert(_ follower: Follower) { change { $0[ObjectIdentifier(follower)] = follower } }

    func remove(_ follower: Follower) { change { $0[ObjectIdentifier(follower)] = nil } }

    private func change(_ change: (inout [ObjectIdentifier: Follower]) -> Void) {
        followers.withLock { followers in
            let wasEmpty = followers.isEmpty
            change(&followers)
            count.store(followers.count, ordering: .releasing)
            // While any client follows, this server also receives the exchanges of the other servers. The lock keeps the calls for this in
            // order.
            if wasEmpty, !followers.isEmpty { news?.start { [weak self] in self?.receive($0) } }
            if !wasEmpty, followers.isEmpty { news?.stop() }
        }
    }
}

/// A connection that follows the journal. The follower has a bounded queue between the exchanges, which never wait, and a reader, which may
/// be slow.
final class Follower: Feed {
    fileprivate enum Entry: Sendable {
        case exchange(Exchange)
        /// The number of exchanges that did not fit into the queue.
        case dropped(Int)
    }

    private struct State {
        var queue: [Entry] = []
        /// The number of further exchanges to send; nil for no limit.
        var wanted: Int?
        var isHeadSent = false
        var isEnding = false
        var hasEnded = false
        /// Whether the reader asked for an exchange when the queue was empty.
        var isAwaited = false
        var wake: (@Sendable () -> Void)?
    }

    /// The maximum number of exchanges that wait for a reader.
    static let capacity = 2000
    /// The maximum number of exchanges in one piece.
    private static let batch = 1000

    private let query: JournalQuery
    private let capacity: Int
    private let head: [UInt8]
    private let isChunked: Bool
    private let followers: Followers
    private let state: Mutex<State>

    /// - Parameters:
    ///   - head: the head of the answer. The head is sent at the moment from which the follower receives every exchange.
    ///   - isChunked: whether the body has chunked framing, which HTTP/1.1 needs.
    ///   - limit: ends after this many exchanges; nil for no limit.
    init(
        _ query: JournalQuery, limit: Int?, head: [UInt8], isChunked: Bool = true, followers: Followers,
        capacity: Int = Follower.capacity
    ) {
        self.query = query
        self.head = head
        self.isChunked = isChunked
        self.followers = followers
        self.capacity = capacity
        state = Mutex(State(wanted: limit))
    }

    func offer(_ exchange: Exchange) {
        guard query.wants(exchange) else { return }
        var exchange = exchange
        // A line contains one header field of the request, and no body. Therefore the queue does not have to keep megabytes of bodies.
        let id = exchange.request.headers[Exchange.clientRequestID]
        (exchange.request.body, exchange.request.headers) = ([], id.map { [Exchange.clientRequestID: $0] } ?? [:])
        change { state in
            guard !state.isEnding else { return }
            switch state.queue.last {
            case .dropped(let count)? where state.queue.count > capacity:
                state.queue[state.queue.count - 1] = .dropped(count + 1)
            case _ where state.queue.count >= capacity: state.queue.append(.dropped(1))
            default:
                state.queue.append(.exchange(exchange))
                state.wanted = state.wanted.map { $0 - 1 }
                if state.wanted == 0 { state.isEnding = true }
            }
        }
    }

    func open(_ wake: @escaping @Sendable () -> Void) {
        state.withLock { $0.wake = wake }
        followers.insert(self)
    }

    func next() -> FeedPiece {
        let (entries, piece) = state.withLock { state -> ([Entry], FeedPiece) in
            guard state.isHeadSent else {
                state.isHeadSent = true
                return ([], .bytes(head))
            }
            let entries = Array(state.queue.prefix(Self.batch))
            state.queue.removeFirst(entries.count)
            guard entries.isEmpty else { return (entries, .nothing) }
            guard state.isEnding else {
                state.isAwaited = true
                return ([], .nothing)
            }
            guard !state.hasEnded, isChunked else { return ([], .end) }
            state.hasEnded = true
            return ([], .bytes(Array("0\r\n\r\n".utf8)))
        }
        return entries.isEmpty ? piece : .bytes(chunk(entries.flatMap(\.line)))
    }

    func windDown() { change { $0.isEnding = true } }

    func close() {
        followers.remove(self)
        state.withLock { $0.wake = nil }
    }

    /// Wakes the reader outside the lock, because the reader may ask at once.
    private func change(_ change: (inout State) -> Void) {
        let wake = state.withLock { state -> (@Sendable () -> Void)? in
            change(&state)
            guard state.isAwaited, state.isEnding || !state.queue.isEmpty else { return nil }
            state.isAwaited = false
            return state.wake
        }
        wake?()
    }

    /// RFC 9112 §7.1.
    private func chunk(_ bytes: [UInt8]) -> [UInt8] {
        guard isChunked else { return bytes }
        return Array("\(String(bytes.count, radix: 16))\r\n".utf8) + bytes + [0x0D, 0x0A]
    }
}

extension Follower.Entry {
    fileprivate var line: [UInt8] {
        switch self {
        case .exchange(let exchange): exchange.journalLine
        case .dropped(let count): Array("{\"dropped\":\(count)}\n".utf8)
        }
    }
}
