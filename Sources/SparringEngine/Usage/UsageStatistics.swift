package import SparringAPI
package import SparringExchange
import SparringJSON
package import SparringWire
import Synchronization

/// Totals of calls by session, key, model, endpoint and tag: tokens, dollars, times, failures. The statistics are a sink of exchanges, so
/// it does not delay answers.
package final class UsageStatistics: ExchangeSink {
    fileprivate struct State {
        var groups: [UsageGroup] = []
        var width = UsageWidth.second
        /// The number of intervals that are over, in all groups together.
        var kept = 0
        /// When this number of intervals is kept, intervals are made longer.
        var mostKept = UsageStatistics.mostIntervals
        var places: [Key: Int] = [:]
        /// The group that was last written to, because consecutive calls are often of the same kind.
        var latest: (key: Key, place: Int)?
        var failed: [String: Set<Int>] = [:]
        var lateness = Histogram()
        var connectionFaults: [String: Int] = [:]
    }

    /// Identifies a group of calls.
    package struct Key: Sendable, Hashable {
        package var session: String
        /// Nil for an unknown path.
        package var endpoint: String?
        package var model: String?
        /// The `authorization` field as received.
        package var authorization: String?
        /// The displayable name of a key that is not stored, for batch lines.
        package var keyName: String?
        package var tags: [Exchange.Tag]
    }

    /// The totals of one kind of calls.
    package struct Line: Sendable {
        package var key: Key
        package var price: Price?
        package var requests = 0
        package var statuses: [(status: Int, count: Int)] = []
        /// Calls that equal an earlier failed call.
        package var retries = 0
        package var faults = 0
        /// The faults of answers by name; faults of batch lines are counted without names.
        package var faultNames: [String: Int] = [:]
        /// Faults that were ordered but took no effect.
        package var missedFaults = 0
        /// Answers with a status of 400 or more. There are few kinds, so a linear search is faster than hashing.
        package var errors: [(kind: AnsweredError, count: Int)] = []
        /// Calls for which chaos drew a fault or an error.
        package var chaos = 0
        /// Calls whose client disconnected before the end.
        package var abandoned = 0
        /// Calls that were batch lines.
        package var batched = 0
        package var usage = Usage()
        /// In millionths of a dollar.
        package var cost = 0.0
        package var total = Histogram()
        package var firstToken = Histogram()
        /// The time to the first event of a stream.
        package var firstEvent = Histogram()
        /// Time between tokens.
        package var perToken = Histogram()
    }

    /// All totals at one moment.
    package struct Reading: Sendable {
        package var prices: PriceTable
        package var lines: [Line]
        /// Delay of the server's writes after their due times.
        package var lateness: Histogram
        /// The faults that took effect on connections before their first request, counted by name.
        package var connectionFaults: [String: Int] = [:]
        /// The same calls by interval, oldest first in each group. Empty if intervals were not requested.
        package var intervals: [Interval] = []
        /// The shortest length of an interval in which the ledger can still report.
        package var width = UsageWidth.second
    }

    /// The totals of one kind of calls in one interval.
    package struct Interval: Sendable {
        /// Seconds since 1970.
        package var start: Int
        package var line: Line
    }

    /// The maximum number of kinds of calls. Beyond it, calls are counted without tags, key and model.
    fileprivate static let most = 10_000
    /// The maximum number of failed calls of a session whose retries are recognized.
    fileprivate static let rememberedFailures = 10_000

    /// All intervals are made longer when this number of intervals are over, which takes some 5 MB.
    fileprivate static let mostIntervals = 5_000

    package let prices: PriceTable
    /// Nanoseconds since 1970 at moment 0.
    private let epoch: Int64
    private let state = Mutex(State())

    /// - Parameter epoch: the wall clock's nanoseconds since 1970 at moment 0 of the timelines.
    package init(prices: PriceTable = .builtIn, epoch: Int64 = 0) {
        self.prices = prices
        self.epoch = epoch
    }

    package var reading: Reading { reading(withIntervals: false) }

    /// - Parameter withIntervals: whether the reading also has the calls by interval.
    package func reading(withIntervals: Bool) -> Reading {
        state.withLock { state in
            var reading = Reading(
                prices: prices, lines: state.groups.map(\.total), lateness: state.lateness,
                connectionFaults: state.connectionFaults)
            reading.width = state.width
            guard withIntervals else { return reading }
            reading.intervals = state.groups.flatMap(\.intervals).map {
                Interval(start: $0.number * state.width.seconds, line: $0.line)
            }
            return reading
        }
    }

    /// Removes the usage of a session that is restarted.
    package func forget(_ session: String) {
        state.withLock { state in
            state.groups.removeAll { $0.key.session == session }
            state.kept = state.groups.reduce(0) { $0 + $1.past.count }
            state.places = Dictionary(uniqueKeysWithValues: state.groups.enumerated().map { ($1.key, $0) })
            state.latest = nil
            state.failed[session] = nil
        }
    }

    package func receive(_ exchange: Exchange) {
        let decision = exchange.decision
        guard !exchange.isConnection else { return count(connection: exchange) }
        guard !decision.isAuxiliary else { return }
        let key = Key(
            session: exchange.session, endpoint: decision.endpoint, model: decision.model,
            authorization: exchange.request.call.authorization ?? exchange.request.call.azureKey,
            tags: decision.tags)
        let times = CallTimes(exchange.timeline, isStream: decision.isStream)
        let faults = times.faults > 0 ? exchange.deliveredFaultNames : []
        let lateness = Lateness(exchange.timeline)
        let hasFailed = decision.status >= 400 || times.faults > 0
        let second = Int((epoch + (exchange.timeline.entries.last?.at.nanoseconds ?? 0)) / 1_000_000_000)
        state.withLock { state in
            let place = state.place(of: key, prices, at: second)
            let isRetry = state.isRetry(exchange, hasFailed: hasFailed)
            state.groups[place].line.add(decision, times, faults: faults, isRetry: isRetry)
            lateness.add(to: &state.lateness)
        }
    }

    private func count(connection exchange: Exchange) {
        let names = exchange.deliveredFaultNames
        guard !names.isEmpty else { return }
        state.withLock { for name in names { $0.connectionFaults[name, default: 0] += 1 } }
    }
}

extension UsageStatistics: LineSink {
    package func receive(_ lines: [AnsweredLine], at unixSeconds: Int) {
        state.withLock { state in
            for line in lines {
                let key = Key(
                    session: line.session, endpoint: line.endpoint.rawValue, model: line.model, keyName: line.key,
                    tags: line.tags)
                let place = state.place(of: key, prices, at: unixSeconds)
                state.groups[place].line.add(line)
            }
        }
    }
}

extension UsageStatistics.State {
    /// The place of the calls' group, whose newest interval is the one with the given second of the wall clock.
    fileprivate mutating func place(of key: UsageStatistics.Key, _ prices: PriceTable, at second: Int) -> Int {
        let place = place(of: key, prices, number: second / width.seconds)
        guard groups[place].turn(to: second / width.seconds) else { return place }
        kept += 1
        if kept > mostKept { coarsen() }
        return place
    }

    private mutating func place(of key: UsageStatistics.Key, _ prices: PriceTable, number: Int) -> Int {
        if let latest, latest.key == key { return latest.place }
        let place = places[key] ?? open(key, prices, number: number)
        latest = (key, place)
        return place
    }

    private mutating func open(_ key: UsageStatistics.Key, _ prices: PriceTable, number: Int) -> Int {
        var key = key
        if groups.count >= UsageStatistics.most {
            (key.tags, key.authorization, key.keyName, key.model) = ([], nil, nil, nil)
            if let place = places[key] { return place }
        }
        let line = UsageStatistics.Line(key: key, price: key.model.flatMap { prices[$0] })
        groups.append(UsageGroup(line, number: number))
        places[key] = groups.count - 1
        return groups.count - 1
    }

    /// Makes all intervals longer, so that fewer are kept. Groups with one interval each cannot become fewer; in this case, intervals are
    /// made longer again after as many new intervals.
    private mutating func coarsen() {
        while kept > UsageStatistics.mostIntervals / 2, let longer = width.longer {
            for place in groups.indices { groups[place].coarsen(by: longer.seconds / width.seconds) }
            width = longer
            let before = kept
            kept = groups.reduce(0) { $0 + $1.past.count }
            if kept == before, kept <= groups.count { break }
        }
        mostKept = max(UsageStatistics.mostIntervals, 2 * kept)
    }

    /// True if the call equals an earlier failed call of its session. If no call has failed, the look-up is skipped.
    fileprivate mutating func isRetry(_ exchange: Exchange, hasFailed: Bool) -> Bool {
        let known = failed[exchange.session]
        guard hasFailed || known?.isEmpty == false else { return false }
        var hasher = Hasher()
        hasher.combine(exchange.request.method)
        hasher.combine(exchange.request.target)
        hasher.combine(exchange.request.body)
        let call = hasher.finalize()
        let isRetry = known?.contains(call) ?? false
        if hasFailed {
            if known?.count ?? 0 >= UsageStatistics.rememberedFailures { failed[exchange.session] = [] }
            failed[exchange.session, default: []].insert(call)
        } else if isRetry {
            failed[exchange.session]?.remove(call)
        }
        return isRetry
    }
}

extension UsageStatistics.Line {
    /// Adds the totals of another line. The key and the price do not change.
    mutating func add(_ other: UsageStatistics.Line) {
        requests += other.requests
        for (status, count) in other.statuses {
            if let place = statuses.firstIndex(where: { $0.status == status }) {
                statuses[place].count += count
            } else {
                statuses.append((status, count))
            }
        }
        retries += other.retries
        faults += other.faults
        faultNames.merge(other.faultNames, uniquingKeysWith: +)
        missedFaults += other.missedFaults
        for (kind, count) in other.errors {
            if let place = errors.firstIndex(where: { $0.kind == kind }) {
                errors[place].count += count
            } else {
                errors.append((kind, count))
            }
        }
        chaos += other.chaos
        abandoned += other.abandoned
        batched += other.batched
        usage = usage + other.usage
        cost += other.cost
        total.add(other.total)
        firstToken.add(other.firstToken)
        firstEvent.add(other.firstEvent)
        perToken.add(other.perToken)
    }

    fileprivate mutating func add(
        _ decision: Exchange.Decision, _ times: CallTimes, faults names: [String], isRetry: Bool
    ) {
        requests += 1
        count(decision.status)
        if let kind = AnsweredError(decision) { count(kind) }
        if isRetry { retries += 1 }
        faults += times.faults
        missedFaults += times.missedFaults
        for name in names { faultNames[name, default: 0] += 1 }
        if decision.chaos != nil { chaos += 1 }
        if times.isAbandoned { abandoned += 1 }
        if let usage = decision.usage {
            self.usage = self.usage + usage
            cost += price?.cost(of: usage) ?? 0
        }
        if let total = times.total { self.total.add(total) }
        if let first = times.firstToken { firstToken.add(first) }
        if let first = times.firstEvent { firstEvent.add(first) }
        if let gap = times.perToken { perToken.add(gap) }
    }

    /// Adds a batch line. A batch line has no times, because it has no connection.
    fileprivate mutating func add(_ line: AnsweredLine) {
        requests += 1
        batched += 1
        count(line.status)
        faults += line.faults
        guard let usage = line.usage else { return }
        self.usage = self.usage + usage
        cost += (price?.cost(of: usage) ?? 0) * Price.shareOfBatches
    }

    /// A linear search, because there are mostly one or two kinds and hashing would be slower.
    private mutating func count(_ status: Int) {
        guard let place = statuses.firstIndex(where: { $0.status == status }) else {
            return statuses.append((status, 1))
        }
        statuses[place].count += 1
    }

    private mutating func count(_ kind: AnsweredError) {
        guard let place = errors.firstIndex(where: { $0.kind == kind }) else { return errors.append((kind, 1)) }
        errors[place].count += 1
    }
}

/// The delays of a call's writes after their due times. The delays of a long stream are collected before the lock is taken, so that it is
/// held only briefly.
private struct Lateness {
    private static let few = 32
    private let timeline: Timeline
    private let gathered: Histogram?

    init(_ timeline: Timeline) {
        self.timeline = timeline
        guard timeline.entries.count > Self.few else {
            gathered = nil
            return
        }
        var histogram = Histogram()
        Self.add(timeline, to: &histogram)
        gathered = histogram
    }

    func add(to histogram: inout Histogram) {
        if let gathered { histogram.add(gathered) } else { Self.add(timeline, to: &histogram) }
    }

    private static func add(_ timeline: Timeline, to histogram: inout Histogram) {
        for entry in timeline.entries {
            guard case .accepted(_, let due) = entry.happening else { continue }
            histogram.add(nanoseconds: max(0, entry.at.nanoseconds - due.nanoseconds))
        }
    }
}

extension Exchange.Tag {
    /// `user`, and each string member of `metadata`.
    static func all(in body: JSONValue) -> [Exchange.Tag] {
        guard let object = body.object else { return [] }
        var tags: [Exchange.Tag] = []
        if let user = object["user"]?.string { tags.append(Exchange.Tag("user", user)) }
        for member in object["metadata"]?.object?.members ?? [] {
            if let value = member.value.string { tags.append(Exchange.Tag("metadata.\(member.name)", value)) }
        }
        return tags
    }
}
