/// Things that must be removed after Sparring ends: process groups, marked processes, temporary files.
///
/// Sparring sends each change as a line to its `CleanupProcess`.
package struct CleanupList: Sendable, Hashable {
    /// A thing that Sparring creates and must remove.
    package enum Item: Sendable, Hashable {
        /// A thing of this kind is every process with this mark.
        case mark(String)
        /// A thing of this kind is the process group of this leader.
        case group(Int32)
        /// A thing of this kind is a file or folder, by its absolute path.
        case path(String)
    }

    package private(set) var items: Set<Item> = []

    package init() {}

    /// A change as a line, without its end.
    static func line(_ item: Item, isGone: Bool) -> String {
        let sign = isGone ? "-" : "+"
        return switch item {
        case .mark(let mark): "\(sign)mark \(mark)"
        case .group(let group): "\(sign)group \(group)"
        case .path(let path): "\(sign)path \(path)"
        }
    }

    /// Applies a line. An unreadable line changes nothing: it was cut off when its writer was killed.
    mutating func apply(_ line: Substring) {
        let parts = line.dropFirst().split(separator: " ", maxSplits: 1)
        guard parts.count == 2, let item = Self.item(parts[0], String(parts[1])) else { return }
        switch line.first {
        case "+": items.insert(item)
        case "-": items.remove(item)
        default: break
        }
    }

    private static func item(_ kind: Substring, _ value: String) -> Item? {
        switch kind {
        case "mark": .mark(value)
        // The numbers 0 and 1 never name process groups that Sparring has started.
        case "group": Int32(value).flatMap { $0 > 1 ? .group($0) : nil }
        case "path": value.hasPrefix("/") ? .path(value) : nil
        default: nil
        }
    }
}
