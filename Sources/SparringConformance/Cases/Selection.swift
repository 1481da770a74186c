import SparringScenario

/// A case that a selection can name.
package protocol SelectableCase {
    var id: String { get }
    var theme: String { get }
}

/// Selects cases by ids and globs, in which `*` matches any text.
package struct Selection: Sendable {
    package var patterns: [String]

    /// - Parameter patterns: an empty list selects all cases.
    package init(_ patterns: [String]) { self.patterns = patterns }

    package func select<Subject: SelectableCase>(from cases: [Subject]) -> [Subject] {
        patterns.isEmpty ? cases : cases.filter { found in patterns.contains { Self.matches(found.id, $0) } }
    }

    /// Patterns that select no case: the user has probably mistyped these patterns. Each pattern comes with the nearest id, or the pattern
    /// of the nearest theme.
    package func unmatched(among cases: [some SelectableCase]) -> [(pattern: String, nearest: String?)] {
        patterns.filter { pattern in !cases.contains { Self.matches($0.id, pattern) } }
            .map { ($0, Self.nearest(to: $0, among: cases)) }
    }

    /// Finds the nearest pattern. A text without a dot, or before `.*`, is read as a theme: `body` and `bodi.*` mean
    /// `body.*`.
    private static func nearest(to pattern: String, among cases: [some SelectableCase]) -> String? {
        let name = pattern.hasSuffix(".*") ? String(pattern.dropLast(2)) : pattern
        if !name.contains("."), let theme = Nearest.name(to: name, among: Set(cases.map(\.theme)).sorted()) {
            return "\(theme).*"
        }
        return Nearest.name(to: pattern, among: cases.map(\.id))
    }

    static func matches(_ id: String, _ pattern: String) -> Bool {
        var rest = Substring(id)
        let pieces = pattern.split(separator: "*", omittingEmptySubsequences: false)
        for (index, piece) in pieces.enumerated() {
            if index == 0 {
                guard rest.hasPrefix(piece) else { return false }
                rest = rest.dropFirst(piece.count)
            } else if index == pieces.count - 1 {
                return rest.hasSuffix(piece)
            } else {
                guard let found = rest.firstRange(of: piece) else { return false }
                rest = rest[found.upperBound...]
            }
        }
        return rest.isEmpty
    }
}
