/// The mark by which Sparring recognizes the processes that it has started: a random value in their environment.
///
/// A base URL cannot be the mark: users export `OPENAI_BASE_URL` in their shells, so their editors and apps have the variable too. Marks
/// can be nested. A program that is started inside a marked program has both marks, so it is ended together
/// with the outer one.
struct ProcessMark: Sendable, Hashable, CustomStringConvertible {
    /// The environment variable with the marks, separated by commas.
    static let variable = "SPARRING_RUN"

    let description: String

    /// 128 random bits.
    init() {
        let halves = (0..<2).map { _ in UInt64.random(in: 0 ... .max) }
        description = halves.map { String($0, radix: 36) }.joined(separator: "-")
    }

    /// - Parameter description: the text of a mark from another process.
    init(_ description: String) { self.description = description }

    /// The variable's value for a child of a process that has itself the value `outer`.
    func value(inside outer: String?) -> String {
        guard let outer, !outer.isEmpty else { return description }
        return outer + "," + description
    }

    /// Whether a process with this environment was started under the mark.
    /// - Parameter environment: the entries, each followed by a zero byte, as in `/proc/PID/environ`.
    func isCarried(by environment: [UInt8]) -> Bool {
        let name = Array((Self.variable + "=").utf8)
        return environment.split(separator: 0).contains { entry in
            entry.starts(with: name)
                && entry.dropFirst(name.count).split(separator: UInt8(ascii: ",")).contains {
                    $0.elementsEqual(description.utf8)
                }
        }
    }
}
