/// The handling of calls whose model the API would reject.
package enum ModelPolicy: String, Sendable, Hashable, CaseIterable {
    /// Answers for newer versions, other providers' models and shut-down models, each with a warning. A mistyped name
    /// gets the API's 404.
    case lenient
    /// Answers with the API's 404.
    case strict
}

extension ModelTable {
    /// The table for the checks of one request, with a warning.
    package struct Answering: Sendable {
        /// The models, with a row for the requested model if Sparring answers for it.
        package var models: ModelTable
        /// The reason why the API would answer 404; nil for a model that the API has.
        package var warning: String?
    }

    /// Adds a row for a model that Sparring answers for although the API would not.
    /// - Parameters:
    ///   - id: the model in the request; nil for a request without a model.
    ///   - isDeployment: true if the name is that of an Azure deployment, because a deployment's name is chosen by its user.
    package func answering(_ id: String?, at endpoint: Endpoint, isDeployment: Bool = false) -> Answering {
        guard let id, !id.isEmpty, id.utf8.count <= Self.longestName, !answers(id), !isDeleted(id) else {
            return Answering(models: self)
        }
        if let date = retirement(of: id) {
            let was = "the API has shut down the model '\(id)' (\(date.text))"
            guard policy == .lenient, let row = opened(id) else {
                return Answering(models: self, warning: was + "; with `models: strict`, it gets the API's 404")
            }
            return Answering(
                models: hosting(row), warning: was + "; Sparring still answers. " + Self.wayToStrict)
        }
        guard closure(of: id) == nil else { return Answering(models: self) }
        let finding = finding(id, at: endpoint)
        if named.contains(id) { return Answering(models: hosting(finding.row)) }
        guard policy == .lenient, isDeployment || !finding.isMistyped else {
            let near = finding.nearest.map { "; did you mean '\($0)'?" } ?? "."
            return Answering(
                models: self,
                warning:
                    "the API has no model '\(id)'\(near) To add it, name it in a rule or in `models`.")
        }
        let sister = finding.relative.map { "as '\($0)'" } ?? "as a typical model of the endpoint"
        return Answering(
            models: hosting(finding.row),
            warning: "Sparring does not know the model '\(id)' and answers \(sister). " + Self.wayToStrict)
    }

    /// The maximum length of a name that Sparring answers for, in bytes: answers repeat the name in header fields.
    private static let longestName = 256
    private static let wayToStrict = "With `models: strict`, it gets the API's 404."

    /// The row for an unknown model: a copy of the nearest known model's row, or of a typical model of the endpoint.
    package func guess(_ id: String, at endpoint: Endpoint) -> ModelInfo { finding(id, at: endpoint).row }

    /// The result of comparing an unknown name with every known name; the result is remembered.
    private func finding(_ id: String, at endpoint: Endpoint) -> StandInMemo.Finding {
        let key = StandInMemo.Key(name: id, endpoint: endpoint)
        if let known = standIns[key] { return known }
        let relative = relative(of: id, at: endpoint)
        let finding = StandInMemo.Finding(
            row: relative?.renamed(id) ?? admitted(id, to: endpoint), relative: relative?.id,
            isMistyped: isMistyped(id), nearest: nearest(to: id))
        standIns.remember(finding, for: key)
        return finding
    }

    /// The known model that is nearest to an unknown name: an older version, or the model whose name is contained in the unknown name.
    private func relative(of id: String, at endpoint: Endpoint) -> ModelInfo? {
        if id.hasPrefix("ft:") {
            let base = id.split(separator: ":").dropFirst().first.map(String.init) ?? ""
            return opened(base) ?? sister(of: base)
        }
        return sister(of: id) ?? contained(in: id, at: endpoint)
    }

    /// Whether the name is a mistake: it looks like a name of OpenAI or nearly equals a known name, and is not a version of a known model.
    private func isMistyped(_ id: String) -> Bool {
        if id.hasPrefix("ft:") {
            let base = id.split(separator: ":").dropFirst().first.map(String.init) ?? ""
            return base.isEmpty || opened(base) == nil && isMistyped(base)
        }
        guard sister(of: id) == nil else { return false }
        if ModelName.isOpenAIs(id) { return true }
        let name = id.lowercased()
        guard !name.contains(where: { "/:@".contains($0) }) else { return false }
        return known.contains { EditDistance.isSlip($0, name) }
    }

    /// The newest model of the name's family whose version is older than the name's version.
    private func sister(of id: String) -> ModelInfo? {
        // Azure writes 3.5 without the dot.
        if id.hasPrefix("gpt-35-"), let row = opened("gpt-3.5-" + id.dropFirst(7)) { return row }
        // The name may be a snapshot that is newer than the table.
        if ModelName.day(id) != nil, let row = ModelName.withoutDate(id).flatMap(opened) { return row }
        let name = ModelName(id)
        if let latest = ModelName.withoutDate(id).flatMap({ opened($0 + "-latest") }) { return latest }
        // A major version of 10 or more is a typing error, such as 41 for 4.1.
        guard let major = name.version.first, major < 10 else { return nil }
        return sister(name, of: name.family) ?? descendant(name)
    }

    private func sister(_ name: ModelName, of family: [String]) -> ModelInfo? {
        let sisters = undated.filter { $0.name.family == family }
        guard sisters.contains(where: { $0.name.version.precedes(name.version) }),
            !sisters.contains(where: { $0.name.version == name.version })
        else { return nil }
        return sisters.filter { $0.name.version.precedes(name.version) }
            .max { $0.name.version.precedes($1.name.version) }?.row
    }

    /// The nearest model for a new variant of a version that is newer than every known version: `gpt-6-astra` for `gpt-6.2-astra-law`.
    private func descendant(_ name: ModelName) -> ModelInfo? {
        let series = undated.filter {
            $0.name.family.first == name.family.first && $0.name.family.dropFirst().first == "#"
        }
        guard !series.isEmpty, series.allSatisfy({ $0.name.version.precedes(name.version) }) else { return nil }
        var family = name.family.dropLast()
        while family.count > 2 {
            if let row = sister(name, of: Array(family)) { return row }
            family = family.dropLast()
        }
        return nil
    }

    /// The known model with the longest name that the id contains as whole words: `gpt-4o-mini` in `openai/gpt-4o-mini-eu`.
    private func contained(in id: String, at endpoint: Endpoint) -> ModelInfo? {
        let words = Self.words(id)
        let kind = endpoint.kind == .model ? admitted(id, to: endpoint).kind : nil
        let found = known.filter { Self.words($0).isRun(in: words) }.compactMap(opened)
            .filter { row in kind?.isServed(as: row.kind) ?? true }
            .max { ($0.id.utf8.count, $1.id) < ($1.id.utf8.count, $0.id) }
        let tail = id.split(separator: "/").last.map(String.init) ?? id
        return found ?? (tail == id ? nil : opened(tail) ?? sister(of: tail))
    }

    private static func words(_ id: String) -> [Substring] {
        id.lowercased()[...].split { !($0.isLetter || $0.isNumber || $0 == ".") }
    }

    /// The nearest known name; nil if no known name is near.
    private func nearest(to id: String) -> String? {
        let name = id.lowercased()
        // Among equally near names, an available model comes first, then a name with the same beginning.
        let near = known.map { candidate in
            (
                distance: EditDistance.between(candidate, name), closed: isOnSale(candidate) ? 0 : 1,
                differing: name.utf8.count - zip(candidate.utf8, name.utf8).prefix { $0 == $1 }.count, name: candidate
            )
        }
        guard
            let best = near.min(by: {
                ($0.distance, $0.closed, $0.differing, $0.name) < ($1.distance, $1.closed, $1.differing, $1.name)
            }),
            best.distance <= max(2, name.utf8.count / 2)
        else { return nil }
        return best.name
    }
}

extension ModelInfo.Kind {
    /// Whether the endpoint for models of this kind also serves the other kind.
    fileprivate func isServed(as other: ModelInfo.Kind) -> Bool {
        switch (self, other) {
        case (.chat, .chat), (.chat, .responsesOnly), (.embedding, .embedding), (.completion, .completion),
            (.moderation, .moderation), (.transcription, .transcription), (.speech, .speech), (.image, .image):
            true
        default: false
        }
    }
}

extension [Int] {
    /// The order of versions: 5.6, 6, 6.1. A name without a version comes first.
    fileprivate func precedes(_ other: [Int]) -> Bool { lexicographicallyPrecedes(other) }
}

extension [Substring] {
    fileprivate func isRun(in other: [Substring]) -> Bool {
        guard !isEmpty, count <= other.count else { return false }
        return (0...(other.count - count)).contains { other[$0..<($0 + count)].elementsEqual(self) }
    }
}
