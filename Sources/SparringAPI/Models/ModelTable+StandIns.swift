/// What becomes of a call whose model the API would not answer for.
package enum ModelPolicy: String, Sendable, Hashable, CaseIterable {
    /// Answers newer versions, models of others, and models that the API has shut down, each with a warning. A mistyped name gets the
    /// API's 404.
    case lenient
    /// Gives the API's 404.
    case strict
}

extension ModelTable {
    /// The table that the request of a model is checked against.
    package struct Answering: Sendable {
        /// Has a row for the model where Sparring answers for it.
        package var models: ModelTable
        /// Why the API's answer would be, or is, a 404; nil for a model that the API answers for.
        package var warning: String?
    }

    /// - Parameters:
    ///   - id: nil for a request that names no model.
    ///   - isDeployment: the name is one that an Azure user has given to a deployment.
    package func answering(_ id: String?, at endpoint: Endpoint, isDeployment: Bool = false) -> Answering {
        guard let id, !id.isEmpty, !answers(id), !isDeleted(id) else { return Answering(models: self) }
        if let date = retirement(of: id) {
            let was = "the API has shut down the model '\(id)' (\(date))"
            guard policy == .lenient, let row = opened(id) else {
                return Answering(models: self, warning: was + ", and `models: strict` answers as it does")
            }
            return Answering(
                models: hosting(row), warning: was + "; Sparring answers all the same. " + Self.wayToStrict)
        }
        guard closure(of: id) == nil else { return Answering(models: self) }
        if named.contains(id) { return Answering(models: hosting(guess(id, at: endpoint))) }
        guard policy == .lenient, isDeployment || !isMistyped(id) else {
            let near = nearest(to: id).map { "; did you mean '\($0)'?" } ?? "."
            return Answering(
                models: self,
                warning:
                    "the API has no model '\(id)'\(near) A rule that names it, or a row of `models`, makes it known.")
        }
        let row = guess(id, at: endpoint)
        let sister = relative(of: id, at: endpoint).map { "as '\($0.id)'" } ?? "as one of its kind"
        return Answering(
            models: hosting(row),
            warning: "the model '\(id)' is not one that Sparring knows; it is answered \(sister). " + Self.wayToStrict)
    }

    private static let wayToStrict = "`models: strict` gives the API's 404."

    /// The row of a model that nothing is known of but its name: its relative's, or a standard one of the endpoint.
    package func guess(_ id: String, at endpoint: Endpoint) -> ModelInfo {
        relative(of: id, at: endpoint)?.renamed(id) ?? admitted(id, to: endpoint)
    }

    /// The known model that an unknown name speaks of: an older version of it, or the one whose name it contains.
    private func relative(of id: String, at endpoint: Endpoint) -> ModelInfo? {
        if id.hasPrefix("ft:") {
            let base = id.split(separator: ":").dropFirst().first.map(String.init) ?? ""
            return opened(base) ?? sister(of: base)
        }
        return sister(of: id) ?? contained(in: id, at: endpoint)
    }

    /// Whether the API would call the name a mistake: it is in OpenAI's manner, or nearly that of a known model, and no version of one.
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

    /// The newest model of the name's family that is older than its version.
    private func sister(of id: String) -> ModelInfo? {
        let name = ModelName(id)
        if let latest = ModelName.withoutDate(id).flatMap({ opened($0 + "-latest") }) { return latest }
        // No number is that far from those that there are: 41 is a slip of 4.1.
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

    /// A version after every known one may have variants that no version had before: `gpt-6.2-astra-law`, of `gpt-6-astra`.
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

    /// The model with the longest name that stands in the other one between marks: `gpt-4o-mini` in `openai/gpt-4o-mini-eu`.
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

    /// The known name that is nearest; nil where none is near.
    private func nearest(to id: String) -> String? {
        let name = id.lowercased()
        // As near as each other, one that is still there goes first.
        let near = known.map { (distance: EditDistance.between($0, name), closed: answers($0) ? 0 : 1, name: $0) }
        guard let best = near.min(by: { ($0.distance, $0.closed, $0.name) < ($1.distance, $1.closed, $1.name) }),
            best.distance <= max(2, name.utf8.count / 2)
        else { return nil }
        return best.name
    }
}

extension ModelInfo.Kind {
    /// Whether the endpoint of a model of this kind serves the other one.
    fileprivate func isServed(as other: ModelInfo.Kind) -> Bool {
        switch (self, other) {
        case (.chat, .chat), (.chat, .responsesOnly), (.embedding, .embedding), (.completion, .completion),
            (.moderation, .moderation), (.transcription, .transcription), (.speech, .speech):
            true
        default: false
        }
    }
}

extension [Int] {
    /// As versions are ordered: 5.6, 6, 6.1. A name without a version comes before all.
    fileprivate func precedes(_ other: [Int]) -> Bool { lexicographicallyPrecedes(other) }
}

extension [Substring] {
    fileprivate func isRun(in other: [Substring]) -> Bool {
        guard !isEmpty, count <= other.count else { return false }
        return (0...(other.count - count)).contains { other[$0..<($0 + count)].elementsEqual(self) }
    }
}
