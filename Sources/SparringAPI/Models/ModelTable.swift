package import SparringTokens

/// The models that answer, by id. Aliases, dated snapshots and fine-tunes (`ft:gpt-4o-mini:…`) are found too.
package struct ModelTable: Sendable {
    private var rows: [String: ModelInfo] { didSet { snapshots = Self.snapshots(of: rows) } }
    /// What the rows' own snapshots are when they are asked for by name. Any date finds its row; these, which clients pin, find it
    /// without taking the name apart for each request.
    private var snapshots: [String: ModelInfo]
    private var counters = TokenCounters.estimates
    private var calendar = Calendar.none
    /// Fine-tunes that their owner has deleted.
    private var deleted: Set<String> = []

    /// Which day it is, for models that are shut down.
    private enum Calendar: Sendable {
        /// None: every row answers.
        case none
        /// - Parameter isMoved: somebody has moved the session's clock.
        case unixTime(Int, isMoved: Bool)
    }

    /// The day as of which the built-in rows were written. Shutdowns after it were announced, no more: they come true in a session whose
    /// clock is moved past them, not with the calendar, so that the same program gives the same answers next year.
    package static let asOf = CivilDate("2026-11-21")

    package init(_ models: [ModelInfo] = []) {
        rows = Dictionary(models.map { ($0.id, $0) }, uniquingKeysWith: { _, last in last })
        snapshots = Self.snapshots(of: rows)
    }

    /// The same models, counted by these. What reads a row for anything else does not ask for its counter, which may have to be read
    /// from a file first.
    package func counting(with counters: TokenCounters) -> ModelTable {
        var table = self
        table.counters = counters
        return table
    }

    /// The table as a session sees it at some time.
    package func seen(at unixTime: Int, isMoved: Bool, without deleted: Set<String>) -> ModelTable {
        var table = self
        table.calendar = .unixTime(unixTime, isMoved: isMoved)
        table.deleted = deleted
        return table
    }

    /// Every model that answers, by id.
    package var all: [ModelInfo] {
        rows.values.filter { isOpen($0) && !deleted.contains($0.id) }.sorted { $0.id < $1.id }
    }

    /// Nil for what is unknown, and for what does not answer (see `closure`).
    package subscript(id: String) -> ModelInfo? {
        guard var row = row(id), isOpen(row), deleted.isEmpty || !deleted.contains(id) else { return nil }
        row.counter = counters[row.encoding]
        return row
    }

    /// Why a known model does not answer.
    package enum Closure: Sendable, Hashable {
        case shutDown
        case noAccess
    }

    /// Nil for models that answer, and for unknown ones.
    package func closure(of id: String) -> Closure? {
        guard let row = row(id), !deleted.contains(id) else { return nil }
        if isShutDown(row) { return .shutDown }
        return row.isAccessible ? nil : .noAccess
    }

    private func isOpen(_ row: ModelInfo) -> Bool { row.isAccessible && !isShutDown(row) }

    private func isShutDown(_ row: ModelInfo) -> Bool {
        guard let shutdown = row.shutdown, case .unixTime(let now, let isMoved) = calendar else { return false }
        if row.isShutdownScripted || isMoved { return shutdown.unixTime <= now }
        return shutdown.unixTime <= Self.asOf?.unixTime ?? now
    }

    private func row(_ id: String) -> ModelInfo? {
        if let row = rows[id] ?? snapshots[id] { return row }
        if id.hasPrefix("ft:"), let base = id.split(separator: ":").dropFirst().first, var row = row(String(base)) {
            // A fine-tune goes on where its base is closed to new callers.
            row.shutdown = nil
            return row.renamed(id)
        }
        guard let alias = Self.withoutDate(id), let row = rows[alias] else { return nil }
        return row.renamed(id)
    }

    /// A table with rows changed; `*` changes every one of them, before the others. A new id becomes a model without a snapshot of its
    /// own.
    package func changed(by overrides: [String: ModelOverride], isBuiltIn: Bool = false) -> ModelTable {
        var table = self
        if let every = overrides["*"] {
            table.rows = rows.mapValues { row in
                var row = row
                every.apply(to: &row)
                return row
            }
            return table.changed(by: overrides.filter { $0.key != "*" })
        }
        for (id, override) in overrides {
            let base = override.like.flatMap(row).map { $0.renamed(id) }
            var row = base ?? row(id) ?? Self.standard(id)
            override.apply(to: &row)
            if isBuiltIn { row.isShutdownScripted = false }
            table.rows[id] = row
        }
        return table
    }

    private static func standard(_ id: String) -> ModelInfo {
        ModelInfo(id: id, contextWindow: 128_000, maximumOutput: 16_384)
    }

    /// A table with one more row, or another one for the same id, which answers whatever was said of it before.
    package func adding(_ row: ModelInfo) -> ModelTable {
        var table = self
        table.rows[row.id] = row
        table.deleted.remove(row.id)
        return table
    }

    package func keeping(_ isWanted: (ModelInfo) -> Bool) -> ModelTable {
        var table = self
        table.rows = rows.filter { isWanted($0.value) }
        return table
    }

    /// What is known of a model that does not answer, as it was when it did; nil for unknown ones.
    func opened(_ id: String) -> ModelInfo? {
        guard var row = row(id) else { return nil }
        row.shutdown = nil
        row.isAccessible = true
        return row
    }

    /// `gpt-4o` for `gpt-4o-2024-08-06` and `gpt-4-0613`; nil where there is no date at the end.
    private static func snapshots(of rows: [String: ModelInfo]) -> [String: ModelInfo] {
        let dated = rows.values.filter { withoutDate($0.snapshot) == $0.id }
        return Dictionary(dated.map { ($0.snapshot, $0.renamed($0.snapshot)) }, uniquingKeysWith: { first, _ in first })
    }

    private static func withoutDate(_ id: String) -> String? {
        let parts = id.split(separator: "-", omittingEmptySubsequences: false)
        func isNumber(_ part: Substring, digits: Int) -> Bool {
            part.utf8.count == digits && part.utf8.allSatisfy { (0x30...0x39).contains($0) }
        }
        if let last = parts.last, parts.count > 1, isNumber(last, digits: 4) {
            return parts.dropLast().joined(separator: "-")
        }
        guard parts.count > 3, isNumber(parts[parts.count - 3], digits: 4), isNumber(parts[parts.count - 2], digits: 2),
            isNumber(parts[parts.count - 1], digits: 2)
        else { return nil }
        return parts.dropLast(3).joined(separator: "-")
    }
}
