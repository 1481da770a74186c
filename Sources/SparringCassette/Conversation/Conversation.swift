/// Maps the identifiers of a recording to the identifiers that a replay session uses in their place. `CassetteCursor`
/// keeps one map for each session.
///
/// Identifiers differ from run to run: clients generate new identifiers, concurrent requests get the server's identifiers in another order,
/// and fresh rendering makes new identifiers. When a recorded identifier has been matched to a new one, the session keeps the pair.
struct Conversation: Sendable {
    /// The session's identifiers, by the recorded identifiers.
    private var names: [String: String] = [:]
    /// The recorded identifiers, by the session's identifiers.
    private var recorded: [String: String] = [:]
    /// Identifiers that the session received in answers.
    private var given: Set<String> = []

    /// Returns how much the identifiers in a request differ from those of a recording. Returns nil if the request has an identifier that
    /// must come from an answer, but the session received no such answer.
    /// - Parameter minted: the recorded identifiers that came from answers.
    func distance(_ asked: [String], from recording: [String], minted: Set<String>) -> Int? {
        var distance = 0
        for (old, new) in zip(recording, asked) {
            // A recorded identifier counts as received until the session receives another identifier in its place.
            let isTold = given.contains(new) || (old == new && (names[old] ?? old) == old)
            if minted.contains(old), !isTold { return nil }
            switch (names[old], recorded[new]) {
            case (nil, nil): distance += old == new ? 0 : 1
            case (new?, old?): break
            default: distance += Self.contradiction
            }
        }
        return distance
    }

    /// This is larger than any possible number of new identifiers.
    private static let contradiction = 1000

    /// Pairs these identifiers for the rest of the session.
    mutating func bind(_ asked: [String], to recording: [String]) {
        for (old, new) in zip(recording, asked) { bind(new, to: old) }
    }

    private mutating func bind(_ new: String, to old: String) {
        if let former = names[old] { recorded[former] = nil }
        if let former = recorded[new] { names[former] = nil }
        names[old] = new
        recorded[new] = old
    }

    /// Records that the session received these identifiers in an answer.
    /// - Parameter make: makes a new identifier of the same shape. If this function is nil, the recorded identifier is kept.
    mutating func give(_ minted: [String], make: ((String) -> String)? = nil) {
        for old in minted {
            guard let make else {
                given.insert(old)
                continue
            }
            let new = make(old)
            given.insert(new)
            bind(new, to: old)
        }
    }

    /// The replacements for an answer. The identifiers in `own`, which the answer itself introduces, are not replaced.
    func renaming(except own: [String] = []) -> Renaming {
        let changed = names.filter { $0 != $1 }
        return Renaming(own.isEmpty ? changed : changed.filter { !own.contains($0.key) })
    }
}
