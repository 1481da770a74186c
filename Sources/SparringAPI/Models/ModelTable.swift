package import SparringTokens

/// The available models, by id. Finds aliases, dated snapshots and fine-tuned models (`ft:gpt-4o-mini:…`) too.
package struct ModelTable: Sendable {
    private var rows: [String: ModelInfo] { didSet { snapshots = Self.snapshots(of: rows) } }
    /// The models for the rows' own snapshot names. Other dates are found by parsing the name; these frequent ones need
    /// no parsing.
    private var snapshots: [String: ModelInfo]
    private var counters = TokenCounters.estimates
    private var calendar = Calendar.none
    /// Fine-tuned models that the client has deleted.
    private var deleted: Set<String> = []

    /// The date that decides which models are shut down.
    private enum Calendar: Sendable {
        /// No date: every row is available.
        case none
        /// - Parameter isMoved: true if the session's clock was changed.
        case unixTime(Int, isMoved: Bool)
    }

    /// The date of the built-in rows. Later shutdowns take effect only in a session whose clock is moved past them, so
    /// that the same program gets the same answers next year.
    package static let asOf = CivilDate("2026-11-21")

    package init(_ models: [ModelInfo] = []) {
        rows = Dictionary(models.map { ($0.id, $0) }, uniquingKeysWith: { _, last in last })
        snapshots = Self.snapshots(of: rows)
    }

    /// The same models with other tokenizers. A tokenizer is looked up only when a row is read for its counter, because
    /// it may have to be loaded from a file.
    package func counting(with counters: TokenCounters) -> ModelTable {
        var table = self
        table.counters = counters
        return table
    }

    /// The table at a session's time.
    package func seen(at unixTime: Int, isMoved: Bool, without deleted: Set<String>) -> ModelTable {
        var table = self
        table.calendar = .unixTime(unixTime, isMoved: isMoved)
        table.deleted = deleted
        return table
    }

    /// All available models, by id.
    package var all: [ModelInfo] {
        rows.values.filter { isOpen($0) && !deleted.contains($0.id) }.sorted { $0.id < $1.id }
    }

    /// Nil for unknown and unavailable models (see `closure`).
    package subscript(id: String) -> ModelInfo? {
        guard var row = row(id), isOpen(row), deleted.isEmpty || !deleted.contains(id) else { return nil }
        row.counter = counters[row.encoding]
        return row
    }

    /// The reason why a known model is not available.
    package enum Closure: Sendable, Hashable {
        case shutDown
        case noAccess
    }

    /// Nil for available and unknown models.
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
            // A fine-tuned model stays available after its base is shut down.
            row.shutdown = nil
            return row.renamed(id)
        }
        guard let alias = Self.withoutDate(id), let row = rows[alias] else { return nil }
        return row.renamed(id)
    }

    /// The table with changed rows. `*` changes all rows before the others apply. A new id becomes a model without a
    /// separate snapshot.
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

    /// The table with a row added or replaced. Also restores a deleted model of that id.
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

    /// The properties of a model as if it were available; nil for unknown ones.
    func opened(_ id: String) -> ModelInfo? {
        guard var row = row(id) else { return nil }
        row.shutdown = nil
        row.isAccessible = true
        return row
    }

    /// The models under the snapshot names of the rows, such as `gpt-4o-2024-08-06` for `gpt-4o`. Rows without a dated
    /// snapshot have none.
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
