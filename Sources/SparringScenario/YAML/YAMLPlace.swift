extension YAMLNode {
    /// The place in words: `step 1, error`, `rule 2, when.endpoint`. The place in the form of a path, for users who sent a value over the
    /// network and cannot look up a line number.
    /// - Parameters:
    ///   - line: the line of a node inside this node, from 1.
    ///   - column: the column of that node, from 1.
    /// - Returns: nil if the place is this node, or if no node begins there.
    package func place(line: Int, column: Int) -> String? {
        guard let path = path(line: line, column: column), !path.isEmpty else { return nil }
        return Self.words(path)
    }

    /// One step of a path, from a node to a node inside it.
    private enum Step {
        case key(String)
        /// Counted from 0.
        case index(Int)
    }

    /// The path to the outermost node that begins at this place. A block mapping begins at its first key.
    private func path(line: Int, column: Int) -> [Step]? {
        if (self.line, self.column) == (line, column) { return [] }
        switch content {
        case .scalar, .alias: return nil
        case .mapping(let pairs):
            for (key, value) in pairs {
                let step = Step.key(key.string ?? "?")
                if (key.line, key.column) == (line, column) { return [step] }
                if let rest = value.path(line: line, column: column) { return [step] + rest }
            }
        case .sequence(let nodes):
            for (index, node) in nodes.enumerated() {
                if let rest = node.path(line: line, column: column) { return [.index(index)] + rest }
            }
        }
        return nil
    }

    /// The names of lists whose items have a name of their own.
    private static let items = [
        "rules": "rule", "steps": "step", "faults": "fault", "tools": "tool", "listeners": "listener",
    ]

    private static func words(_ path: [Step]) -> String {
        var words: [String] = []
        // The keys since the last item of a list.
        var keys: [String] = []
        for step in path {
            switch step {
            case .key(let key): keys.append(key)
            case .index(let index):
                let item = keys.last.flatMap { items[$0] }
                if item != nil { keys.removeLast() }
                if !keys.isEmpty { words.append(keys.joined(separator: ".")) }
                words.append("\(item ?? "item") \(index + 1)")
                keys = []
            }
        }
        if !keys.isEmpty { words.append(keys.joined(separator: ".")) }
        return words.joined(separator: ", ")
    }
}
