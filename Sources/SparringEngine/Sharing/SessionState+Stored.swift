import SparringAPI
import SparringExchange
import SparringJSON
import SparringScenario
import SparringWire

/// The state of a session in the form that servers share: JSON, with the times of the store's clock. The state does not contain the objects
/// of clients, but it contains the counters from which their ids are made.
extension SessionState {
    /// Begins to record which entries of the tables change.
    mutating func track() {
        counted = ChangedKeys()
        promptCache.changed = ChangedKeys()
    }

    /// Begins to record the changes after the tables were emptied.
    mutating func trackCleared() {
        track()
        counted?.clear()
        promptCache.changed?.clear()
    }

    /// - Parameter now: empty buckets are left out, because they equal new ones.
    func stored(_ offset: StoreOffset, at now: Moment) -> JSONObject {
        var json: JSONObject = [
            "exchanges": .int(exchanges), "calls": .int(calls), "began": offset.stored(began),
            "rules": .array(
                rules.map { rule in
                    [.int(rule.matches), .int(rule.step), .int(rule.uses), .array(rule.answered.map { .int($0) })]
                }),
            "limits": .object(account.stored(offset, at: clock.time(at: now))),
        ]
        if clock != SessionClock() {
            json["clock"] = [
                .number(JSONNumber(clock.scale)), offset.stored(clock.changedAt), offset.stored(clock.reading),
            ]
        }
        if !pushed.isEmpty {
            json["faults"] = .array(
                pushed.map { ["calls": .int($0.calls), "text": .string(orNull: $0.source)] })
        }
        if spent > 0 { json["spent"] = .number(JSONNumber(spent)) }
        if !load.stays.isEmpty { json["load"] = load.stored(offset) }
        if !lineWarnings.isEmpty { json["warnings"] = .strings(lineWarnings) }
        if objects.sockets > 0 { json["sockets"] = .int(Int(objects.sockets)) }
        if !objects.deletedModels.isEmpty { json["deleted"] = .strings(objects.deletedModels.sorted()) }
        return json
    }

    /// Adopts the changes that another server has committed.
    /// - Throws: if the state does not fit the scenario.
    mutating func take(_ json: JSONValue, of scenario: Scenario, _ offset: StoreOffset) throws(StoreProblem) {
        guard let exchanges = json["exchanges"]?.int, let calls = json["calls"]?.int, let stored = json["rules"]?.array,
            stored.count == rules.count
        else { throw .unfit }
        (self.exchanges, self.calls, began) = (exchanges, calls, offset.moment(json["began"]))
        for (index, rule) in stored.enumerated() {
            guard let matches = rule[0]?.int, let step = rule[1]?.int, let uses = rule[2]?.int,
                let answered = rule[3]?.array, answered.count == scenario.rules[index].steps.count
            else { throw .unfit }
            rules[index] = RuleState(matches: matches, step: step, uses: uses, answered: answered.map { $0.int ?? 0 })
        }
        clock = SessionClock()
        if let moved = json["clock"], let scale = moved[0]?.double, let changedAt = offset.moment(moved[1]),
            let reading = offset.moment(moved[2])
        {
            clock = SessionClock(scale: scale, changedAt: changedAt, reading: reading)
        }
        pushed = []
        for order in json["faults"]?.array ?? [] {
            guard let calls = order["calls"]?.int, let text = order["text"]?.string,
                case .success(let faults) = ScenarioLoader.answerFaults(in: text, errors: .api)
            else { throw .unfit }
            pushed.append(PushedFaults(faults: faults, calls: calls, source: text))
        }
        spent = json["spent"]?.double ?? 0
        load = LoadState(json["load"]?.array ?? [], offset)
        account = RateLimiter(limits: account.limits, accounts: account.accounts)
        account.take(json["limits"]?.object ?? [:], offset)
        lineWarnings = (json["warnings"]?.array ?? []).compactMap(\.string)
        objects.sockets = UInt64(json["sockets"]?.int ?? 0)
        objects.deletedModels = Set((json["deleted"]?.array ?? []).compactMap(\.string))
    }

    // MARK: Entries

    /// - Returns: the entries that have changed since the last commit, and the tables that were emptied.
    func changes(_ offset: StoreOffset) -> (entries: [SessionEntry], cleared: [SessionTable]) {
        var entries: [SessionEntry] = []
        var cleared: [SessionTable] = []
        for key in counted?.keys ?? [] {
            entries.append(SessionEntry(.attempts, key, Int64(attempts[key] ?? 0)))
        }
        for key in promptCache.changed?.keys ?? [] {
            entries.append(SessionEntry(.prefixes, key, (promptCache.kept[key] ?? 0) + offset.seconds))
        }
        if counted?.isCleared ?? false { cleared.append(.attempts) }
        if promptCache.changed?.isCleared ?? false { cleared.append(.prefixes) }
        return (entries, cleared)
    }

    mutating func empty(_ table: SessionTable) {
        switch table {
        case .attempts: attempts = [:]
        case .prefixes: promptCache.kept = [:]
        }
    }

    mutating func take(_ entries: [SessionEntry], _ offset: StoreOffset) {
        for entry in entries {
            switch entry.table {
            case .attempts: attempts[entry.key] = Int(entry.value)
            case .prefixes: promptCache.kept[entry.key] = entry.value - offset.seconds
            }
        }
    }
}

extension StoreProblem {
    static let unfit = StoreProblem(
        "the session's state in the store does not fit its scenario; start all servers with the same version, and reset the session"
    )
}
