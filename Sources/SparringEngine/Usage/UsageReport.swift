package import SparringAPI
import SparringExchange
import SparringWire

/// Usage lines, filtered and summed by the given dimensions.
package struct UsageReport: Sendable {
    /// A property by which lines are grouped.
    package enum Dimension: Sendable, Hashable, CustomStringConvertible {
        case session, endpoint, model, key
        /// The value of a tag: `user`, `metadata.NAME`.
        case tag(String)

        /// Nil if no dimension has that name.
        package init?(_ name: String) {
            switch name {
            case "session": self = .session
            case "endpoint": self = .endpoint
            case "model": self = .model
            case "key": self = .key
            case "user": self = .tag(name)
            default:
                guard name.hasPrefix("metadata."), name.utf8.count > "metadata.".utf8.count else { return nil }
                self = .tag(name)
            }
        }

        package var description: String {
            switch self {
            case .session: "session"
            case .endpoint: "endpoint"
            case .model: "model"
            case .key: "key"
            case .tag(let name): name
            }
        }

        package static let standard: [Dimension] = [.session, .endpoint, .model, .key]
        package static let names = ["session", "endpoint", "model", "key", "user", "metadata.NAME"]
    }

    /// A group of lines, summed.
    package struct Row: Sendable {
        /// One value for each dimension; nil if the calls have none.
        package var values: [String?]
        package var line: UsageStatistics.Line
        /// Models with usage but without a known price.
        package var unpriced: Set<String> = []
    }

    package var dimensions: [Dimension]
    /// Sorted by their values.
    package var rows: [Row]
    package var total: Row
    package var prices: PriceTable
    package var lateness: Histogram

    /// - Parameter only: the values that a line must have to be counted.
    package init(
        _ reading: UsageStatistics.Reading, by dimensions: [Dimension] = Dimension.standard,
        only: [(dimension: Dimension, value: String)] = []
    ) {
        self.dimensions = dimensions
        prices = reading.prices
        lateness = reading.lateness
        let lines = reading.lines.filter { line in only.allSatisfy { line.value(of: $0.dimension) == $0.value } }
        var groups: [[String?]: Row] = [:]
        var total = Row(values: [], line: .nothing)
        for line in lines {
            let values = dimensions.map(line.value)
            groups[values, default: Row(values: values, line: .nothing)].add(line)
            total.add(line)
        }
        self.total = total
        rows = groups.values.sorted { a, b in
            for (a, b) in zip(a.values, b.values) where a != b { return (a ?? "") < (b ?? "") }
            return false
        }
    }
}

extension UsageReport.Row {
    fileprivate mutating func add(_ other: UsageStatistics.Line) {
        line.requests += other.requests
        for (status, count) in other.statuses {
            if let place = line.statuses.firstIndex(where: { $0.status == status }) {
                line.statuses[place].count += count
            } else {
                line.statuses.append((status, count))
            }
        }
        line.retries += other.retries
        line.faults += other.faults
        line.faultNames.merge(other.faultNames, uniquingKeysWith: +)
        line.missedFaults += other.missedFaults
        for (kind, count) in other.errors {
            if let place = line.errors.firstIndex(where: { $0.kind == kind }) {
                line.errors[place].count += count
            } else {
                line.errors.append((kind, count))
            }
        }
        line.chaos += other.chaos
        line.abandoned += other.abandoned
        line.batched += other.batched
        line.usage = line.usage + other.usage
        line.cost += other.cost
        line.total.add(other.total)
        line.firstToken.add(other.firstToken)
        line.firstEvent.add(other.firstEvent)
        line.perToken.add(other.perToken)
        if other.price == nil, other.usage != Usage() { unpriced.insert(other.key.model ?? "") }
    }

    /// The cost in dollars; nil if a price is unknown.
    package var dollars: Double? {
        guard unpriced.isEmpty else { return nil }
        // Rounded to 10⁻¹² dollars: smaller digits come from adding fractions.
        return (line.cost * 1e6).rounded() / 1e12
    }

    package var errors: Int { line.statuses.reduce(0) { $0 + ($1.status >= 400 ? $1.count : 0) } }
}

extension UsageStatistics.Line {
    fileprivate static var nothing: UsageStatistics.Line {
        UsageStatistics.Line(
            key: UsageStatistics.Key(
                session: "", endpoint: nil, model: nil, authorization: nil, tags: []))
    }

    fileprivate func value(of dimension: UsageReport.Dimension) -> String? {
        switch dimension {
        case .session: key.session
        case .endpoint: key.endpoint
        case .model: key.model
        case .key: key.keyName ?? key.authorization.map(KeyName.of)
        case .tag(let name): key.tags.last { $0.name == name }?.value
        }
    }
}

/// A displayable name for a secret key. It suffices to recognize the key, but not to use it.
enum KeyName {
    static func of(_ field: String) -> String {
        let key = field.split(separator: " ").last.map(String.init) ?? ""
        if key.hasPrefix("sk-sparring-") || key.utf8.count < 12 { return Redaction.credential(field) }
        return "\(key.hasPrefix("sk-") ? "sk-" : "")…\(key.suffix(4))"
    }
}
