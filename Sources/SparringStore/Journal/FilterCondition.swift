import GRDB
import SparringExchange

/// The part of a filter that SQLite checks on the table `exchanges AS e`, so that most rows need not be read. Every exchange that the
/// filter selects meets the condition. `ExchangeFilter.selects` then rejects the exchanges that meet the condition but not the filter.
struct FilterCondition {
    /// Conditions that must all hold; empty if SQLite can check no term of the filter.
    private(set) var conditions: [String] = []
    /// The values of the conditions' placeholders.
    private(set) var arguments: [any DatabaseValueConvertible] = []

    init(_ filter: ExchangeFilter?) {
        for term in filter?.terms ?? [] {
            guard let part = Part(term.test), part.isExact || !term.isNegated else { continue }
            conditions.append(term.isNegated ? "NOT (\(part.sql))" : "(\(part.sql))")
            arguments += part.arguments
        }
    }
}

/// The condition of one term.
private struct Part {
    var sql: String
    var arguments: [any DatabaseValueConvertible] = []
    /// Whether the exchanges that meet the condition are exactly those that the term selects. SQLite can check the negation of a condition
    /// only if the condition is exact.
    var isExact = false

    /// Returns nil if SQLite cannot check the term.
    init?(_ test: ExchangeFilter.Test) {
        switch test {
        case .anywhere(let text):
            let columns = ExchangeFilter.TextKey.allCases.flatMap(Self.columns)
            self.init(of: columns + ["e.unmatched", "e.refused", "e.warning"], contain: [text])
        case .text(let key, let texts): self.init(of: Self.columns(key), contain: texts)
        case .number(let key, let ranges): self.init(key, ranges)
        case .state(let states):
            let parts = states.compactMap { Part($0) }
            guard parts.count == states.count else { return nil }
            self.init(sql: parts.map(\.sql).joined(separator: " OR "), isExact: parts.allSatisfy(\.isExact))
        }
    }

    private init(sql: String, arguments: [any DatabaseValueConvertible] = [], isExact: Bool = false) {
        (self.sql, self.arguments, self.isExact) = (sql, arguments, isExact)
    }

    private init?(_ state: ExchangeFilter.State) {
        switch state {
        case .unmatched: self.init(sql: "e.unmatched IS NOT NULL", isExact: true)
        case .refused: self.init(sql: "e.refused IS NOT NULL", isExact: true)
        case .warned: self.init(sql: "e.warning IS NOT NULL", isExact: true)
        case .retried: self.init(sql: "e.attempt > 1", isExact: true)
        case .faulted: self.init(sql: "instr(e.timeline, 'fault_delivered')")
        case .left: self.init(sql: "instr(e.timeline, 'peer_gone')")
        case .running: return nil
        }
    }

    private init(_ key: ExchangeFilter.NumberKey, _ ranges: [ExchangeFilter.NumberRange]) {
        let column =
            switch key {
            case .status: "e.status"
            case .attempt: "e.attempt"
            case .number: "e.number"
            case .ms: "(e.ended_ns - e.started_ns) / 1e6 + 0.001"
            }
        guard key != .ms else {
            // The columns cover the whole timeline, so they can be longer than the time of the answer, but not shorter.
            self.init(
                sql: ranges.map { _ in "\(column) >= ?" }.joined(separator: " OR "), arguments: ranges.map(\.least))
            return
        }
        self.init(
            sql: ranges.map { _ in "\(column) BETWEEN ? AND ?" }.joined(separator: " OR "),
            arguments: ranges.flatMap { [$0.least, $0.most] }, isExact: true)
    }

    /// Returns nil for texts outside ASCII, because SQLite ignores the case of ASCII letters only.
    private init?(of columns: [String], contain texts: [String]) {
        let isPlain = texts.allSatisfy { text in
            text.utf8.count < 1000 && text.utf8.allSatisfy { (0x20..<0x7F).contains($0) && $0 != UInt8(ascii: "\\") }
        }
        guard isPlain else { return nil }
        var (tests, arguments) = ([String](), [any DatabaseValueConvertible]())
        for (text, column) in texts.flatMap({ text in columns.map { (text, $0) } }) {
            tests.append(#"\#(column) LIKE ? ESCAPE '\'"#)
            arguments.append("%\(Self.escaped(text))%")
            // These are the only other letters whose lowercase form contains an ASCII letter.
            for (letter, capital) in [("k", "\u{212A}"), ("i", "\u{130}")] where text.contains(letter) {
                tests.append("instr(\(column), ?)")
                arguments.append(capital)
            }
        }
        self.init(sql: tests.joined(separator: " OR "), arguments: arguments)
    }

    private static func escaped(_ text: String) -> String {
        text.reduce(into: "") { $0 += "%_".contains($1) ? "\\\($1)" : String($1) }
    }

    /// The columns that contain the texts of a key.
    private static func columns(_ key: ExchangeFilter.TextKey) -> [String] {
        switch key {
        case .session: ["e.session"]
        case .endpoint: ["e.endpoint"]
        case .model: ["e.model"]
        case .method: ["e.method"]
        case .path: ["e.target"]
        case .step: ["e.step"]
        case .fault: ["e.faults"]
        case .id: ["CAST(e.answer_head AS TEXT)", "e.headers"]
        }
    }
}
