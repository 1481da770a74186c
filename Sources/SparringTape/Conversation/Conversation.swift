/// What one session of a replay calls what was minted when the tape was recorded: a value, held by `TapeCursor`.
///
/// A client mints identifiers of its own in each run, and servers' come in another order where requests run side by side, or are new
/// where answers are rendered afresh. What the session has once been seen to call something it calls so from then on.
struct Conversation: Sendable {
    /// By the recorded name.
    private var names: [String: String] = [:]
    /// By the session's own.
    private var recorded: [String: String] = [:]
    /// What answers have told the session.
    private var given: Set<String> = []

    /// How far the names in a request are from fitting a recording; nil where one of them was minted by no answer that the session
    /// has had, and stands where only such a one can.
    /// - Parameter minted: the recorded names that came from answers.
    func distance(_ asked: [String], from recording: [String], minted: Set<String>) -> Int? {
        var distance = 0
        for (old, new) in zip(recording, asked) {
            // A recorded name counts as told as long as the session has not been told another in its place.
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

    /// More than any number of names that are new.
    private static let contradiction = 1000

    /// From now on, the session calls these so.
    mutating func bind(_ asked: [String], to recording: [String]) {
        for (old, new) in zip(recording, asked) { bind(new, to: old) }
    }

    private mutating func bind(_ new: String, to old: String) {
        if let former = names[old] { recorded[former] = nil }
        if let former = recorded[new] { names[former] = nil }
        names[old] = new
        recorded[new] = old
    }

    /// An answer tells the session what was minted for it.
    /// - Parameter make: makes a name of the shape of another; nil: as it was recorded.
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

    /// For an answer whose own names are these; they are what the answer says they are.
    func renaming(except own: [String] = []) -> Renaming {
        let changed = names.filter { $0 != $1 }
        return Renaming(own.isEmpty ? changed : changed.filter { !own.contains($0.key) })
    }
}
