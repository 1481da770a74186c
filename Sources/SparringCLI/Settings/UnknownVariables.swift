import SparringAPI

/// The environment variables that look like settings, but have the name of no setting. Unknown variables are never an error: a variable may
/// belong to a newer version of Sparring or to a script of the user. Every command reports the misspelt variables; `sparring config`
/// reports the other ones.
struct UnknownVariables: Hashable {
    /// Returns one line for each misspelled variable, with the name that was probably meant.
    let misspelt: [String]
    /// One line for each other variable that begins with `SPARRING_`.
    let others: [String]

    /// Variables that Sparring sets for the programs that it starts, and variables of Sparring's Python package. An upstream of a gateway
    /// has variables that contain its name, such as `SPARRING_PRIMARY_URL`.
    private static let own: Set = [
        "SPARRING_RUN", "SPARRING_CASE", "SPARRING_PROMPT", "SPARRING_TASK", "SPARRING_STREAM", "SPARRING_PROTOCOL",
        "SPARRING_GATEWAY_PORT", "SPARRING_CONFIG", "SPARRING_BINARY",
    ]

    init(_ environment: [String: String]) {
        let settings = Settings.Key.allCases.map(\.variable)
        var (misspelt, others): ([String], [String]) = ([], [])
        for name in environment.keys.sorted() where !settings.contains(name) && !Self.own.contains(name) {
            let capitals = name.uppercased()
            guard capitals.hasPrefix("SPAR") else { continue }
            let near = settings.filter { Self.isNear(capitals, to: $0) }
            if let best = near.min(by: { EditDistance.between($0, capitals) < EditDistance.between($1, capitals) }) {
                misspelt.append("sparring: the environment variable \(name) is ignored; did you mean \(best)?")
            } else if name.hasPrefix("SPARRING_") {
                others.append("sparring: the environment variable \(name) is ignored: no setting has this name")
            }
        }
        (self.misspelt, self.others) = (misspelt, others)
    }

    /// For a short name, only one edit is allowed or two swapped letters: with more edits, `HOME` would be near `HOST`.
    private static func isNear(_ name: String, to variable: String) -> Bool {
        let edits = EditDistance.between(name, variable)
        let isLong = variable.count - "SPARRING_".count >= 6
        return edits <= 1 || edits == 2 && (isLong || name.sorted() == variable.sorted())
    }
}
