package import SparringAPI
import SparringExchange
import SparringWire

/// Usage lines, filtered and summed by the given dimensions.
package struct UsageReport: Sendable {
    /// A property by which lines are grouped.
    package enum Dimension: Sendable, Hashable, CustomStringConvertible {
        case session, endpoint, model, key
        /// The interval in which the answer ended, by the second of its start since 1970.
        case time
        /// The value of a tag: `user`, `metadata.NAME`.
        case tag(String)

        /// Nil if no dimension has that name.
        package init?(_ name: String) {
            switch name {
            case "session": self = .session
            case "endpoint": self = .endpoint
            case "model": self = .model
            case "key": self = .key
            case "time": self = .time
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
            case .time: "time"
            case .tag(let name): name
            }
        }

        package static let standard: [Dimension] = [.session, .endpoint, .model, .key]
        package static let names = ["time", "session", "endpoint", "model", "key", "user", "metadata.NAME"]
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
    /// The rows, sorted by the values of their dimensions.
    package var rows: [Row]
    package var total: Row
    package var prices: PriceTable
    package var lateness: Histogram
    /// The length of the intervals; nil if the rows are not by time.
    package var width: UsageWidth?

    /// - Parameters:
    ///   - reading: the usage, with its intervals if the dimensions include `time`.
    ///   - only: the values that a line must have to be counted.
    ///   - every: the length of the intervals. The default is the shortest length that the ledger still knows; it also replaces a shorter
    ///     length.
    package init(
        _ reading: UsageStatistics.Reading, by dimensions: [Dimension] = Dimension.standard,
        only: [(dimension: Dimension, value: String)] = [], every: UsageWidth? = nil
    ) {
        self.dimensions = dimensions
        prices = reading.prices
        lateness = reading.lateness
        let width = dimensions.contains(.time) ? max(every ?? reading.width, reading.width) : nil
        self.width = width
        var groups: [[String?]: Row] = [:]
        var total = Row(values: [], line: .nothing)
        func count(_ line: UsageStatistics.Line, at time: String?) {
            guard only.allSatisfy({ line.value(of: $0.dimension) == $0.value }) else { return }
            let values = dimensions.map { $0 == .time ? time : line.value(of: $0) }
            groups[values, default: Row(values: values, line: .nothing)].add(line)
            total.add(line)
        }
        if let width {
            for interval in reading.intervals where interval.line.requests > 0 {
                let start = interval.start / width.seconds * width.seconds
                count(interval.line, at: String(start))
            }
        } else {
            for line in reading.lines { count(line, at: nil) }
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
        line.add(other)
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
        case .time: nil
        case .tag(let name): key.tags.last { $0.name == name }?.value
        }
    }
}

/// A displayable name for a secret key. The name suffices to recognize the key, but not to use it.
enum KeyName {
    static func of(_ field: String) -> String {
        let key = field.split(separator: " ").last.map(String.init) ?? ""
        if key.hasPrefix("sk-sparring-") || key.utf8.count < 12 { return Redaction.credential(field) }
        return "\(key.hasPrefix("sk-") ? "sk-" : "")…\(key.suffix(4))"
    }
}
