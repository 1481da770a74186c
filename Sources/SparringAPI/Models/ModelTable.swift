package import SparringTokens

/// The available models, by id. The table also finds aliases, dated snapshots and fine-tuned models (`ft:gpt-4o-mini:…`).
package struct ModelTable: Sendable {
    private var rows: [String: ModelInfo] {
        didSet {
            snapshots = Self.snapshots(of: rows)
            standIns = StandInMemo()
        }
    }
    /// The models by the snapshot names of the rows. These frequent names need no parsing; names with other dates are parsed.
    private var snapshots: [String: ModelInfo]
    /// The results for unknown names.
    private(set) var standIns = StandInMemo()
    private var counters = TokenCounters.estimates
    private var calendar = Calendar.none
    /// Fine-tuned models that the client has deleted.
    private var deleted: Set<String> = []
    /// A row for one request, for a model that the API would reject.
    private var guest: ModelInfo?
    /// How calls are handled whose model the API would reject.
    package private(set) var policy = ModelPolicy.lenient
    /// Names in the conditions of a scenario's rules. These names count as known under every policy.
    private(set) var named: Set<String> = []

    /// The date that decides which models are shut down.
    private enum Calendar: Sendable {
        /// There is no date, so every row is available.
        case none
        /// - Parameters:
        ///   - isMoved: true if a test has moved the session's clock.
        ///   - real: the real time, in Unix seconds.
        case unixTime(Int, isMoved: Bool, real: Int)
    }

    /// The date of the built-in rows. Later shutdowns take effect only in a session whose clock is moved past their dates. Therefore the
    /// same program gets the same answers next year.
    package static let asOf = CivilDate("2026-11-21")

    package init(_ models: [ModelInfo] = []) {
        rows = Dictionary(models.map { ($0.id, $0) }, uniquingKeysWith: { _, last in last })
        snapshots = Self.snapshots(of: rows)
    }

    /// The same models with other tokenizers. A tokenizer may have to be loaded from a file, so it is looked up only when a row is read for
    /// its counter.
    package func counting(with counters: TokenCounters) -> ModelTable {
        var table = self
        table.counters = counters
        return table
    }

    /// The same models, with a policy for calls of other models.
    package func answering(by policy: ModelPolicy, naming names: Set<String> = []) -> ModelTable {
        var table = self
        table.policy = policy
        table.named = names
        return table
    }

    /// The table as a session sees it at a given time.
    /// - Parameter real: the real time in Unix seconds, if the session's clock was moved. If this time is nil, the table's date applies.
    package func seen(at unixTime: Int, real: Int? = nil, isMoved: Bool, without deleted: Set<String>) -> ModelTable {
        var table = self
        let real = real ?? Self.asOf?.unixTime ?? unixTime
        table.calendar = .unixTime(unixTime, isMoved: isMoved, real: real)
        table.deleted = deleted
        return table
    }

    /// All available models, by id.
    package var all: [ModelInfo] {
        rows.values.filter { isOpen($0) && !deleted.contains($0.id) }.sorted { $0.id < $1.id }
    }

    /// The model; nil for unknown and unavailable models (see `closure`).
    package subscript(id: String) -> ModelInfo? {
        guard var row = row(id), isOpen(row), deleted.isEmpty || !deleted.contains(id) else { return nil }
        row.counter = counters[row.encoding]
        return row
    }

    /// Whether the API answers for the model. Unlike the subscript, this function reads no vocabulary.
    func answers(_ id: String) -> Bool {
        guard let row = row(id) else { return false }
        return isOpen(row) && (deleted.isEmpty || !deleted.contains(id))
    }

    /// The reason why a known model is not available.
    package enum Closure: Sendable, Hashable {
        case shutDown
        case noAccess
    }

    /// The reason why the model is not available; nil for available and unknown models.
    package func closure(of id: String) -> Closure? {
        guard let row = row(id), !deleted.contains(id) else { return nil }
        if isShutDown(row) { return .shutDown }
        return row.isAccessible ? nil : .noAccess
    }

    /// Whether the model is available on the date of the table, whatever the time of the session.
    func isOnSale(_ id: String) -> Bool {
        guard let row = row(id), row.isAccessible else { return false }
        return row.shutdown.map { $0.unixTime > Self.asOf?.unixTime ?? 0 } ?? true
    }

    private func isOpen(_ row: ModelInfo) -> Bool { row.isAccessible && !isShutDown(row) }

    private func isShutDown(_ row: ModelInfo) -> Bool {
        guard let shutdown = row.shutdown, case .unixTime(let now, let isMoved, _) = calendar
        else { return false }
        if row.isShutdownScripted || isMoved { return shutdown.unixTime <= now }
        return shutdown.unixTime <= Self.asOf?.unixTime ?? now
    }

    /// The day of the real calendar on which the API shut the model down. The day is nil for other models, and for models that only a
    /// scenario or a moved clock shuts down.
    func retirement(of id: String) -> CivilDate? {
        guard let row = row(id), row.isAccessible, !row.isShutdownScripted, isShutDown(row), let day = row.shutdown,
            case .unixTime(_, let isMoved, let real) = calendar, !isMoved || day.unixTime <= real
        else { return nil }
        return day
    }

    func isDeleted(_ id: String) -> Bool { deleted.contains(id) }

    /// The same table with one more row, for one request. The rows themselves are not copied.
    package func hosting(_ row: ModelInfo) -> ModelTable {
        var table = self
        table.guest = row
        return table
    }

    /// True if a scenario shuts a model down, so that the available models depend on the session's time.
    package var hasScriptedShutdown: Bool { rows.values.contains { $0.isShutdownScripted && $0.shutdown != nil } }

    /// The ids of all rows, available or not.
    var known: Dictionary<String, ModelInfo>.Keys { rows.keys }

    /// The rows that are not snapshots, with their parsed names.
    var undated: [(name: ModelName, row: ModelInfo)] {
        rows.values.filter { ModelName.withoutDate($0.id) == nil && !$0.id.hasPrefix("ft:") }
            .map { row in
                var row = row
                (row.shutdown, row.isAccessible) = (nil, true)
                return (ModelName(row.id), row)
            }
    }

    private func row(_ id: String) -> ModelInfo? {
        if let guest, guest.id == id { return guest }
        if let row = rows[id] ?? snapshots[id] { return row }
        if id.hasPrefix("ft:"), let base = id.split(separator: ":").dropFirst().first, var row = row(String(base)) {
            // A fine-tuned model stays available after its base is shut down.
            row.shutdown = nil
            return row.renamed(id)
        }
        guard let alias = ModelName.withoutDate(id), let row = rows[alias], Self.hasKnownDate(id) else { return nil }
        return row.renamed(id)
    }

    /// Whether the API could have a snapshot of the day in the name: the day exists, and is not later than the table.
    private static func hasKnownDate(_ id: String) -> Bool {
        if let day = ModelName.day(id) { return day.unixTime <= asOf?.unixTime ?? .max }
        // A name such as `gpt-4-0613` has only a month and a day.
        guard let number = id.split(separator: "-").last, number.utf8.count == 4 else { return false }
        return CivilDate("2024-\(number.prefix(2))-\(number.suffix(2))") != nil
    }

    /// The table with changed rows. The row `*` changes all rows before the other rows are applied. A new id becomes a model without a
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

    /// The table with a row added or replaced. If a model of that id was deleted, it is restored.
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

    /// The properties of a model as if it were available; nil for unknown models.
    func opened(_ id: String) -> ModelInfo? {
        guard var row = row(id) else { return nil }
        row.shutdown = nil
        row.isAccessible = true
        return row
    }

    private static func snapshots(of rows: [String: ModelInfo]) -> [String: ModelInfo] {
        let dated = rows.values.filter { ModelName.withoutDate($0.snapshot) == $0.id }
        return Dictionary(dated.map { ($0.snapshot, $0.renamed($0.snapshot)) }, uniquingKeysWith: { first, _ in first })
    }
}
