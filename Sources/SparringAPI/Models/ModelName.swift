/// A parsed model name: `gpt-6.1-sol-2026-09-01` is version 6.1 of the family `gpt-#-sol`.
struct ModelName: Sendable, Hashable {
    /// The words of the name without date and version. `#` marks the place of the version if words follow the version.
    let family: [String]
    /// The numbers of the version; empty for a name without a version.
    let version: [Int]

    init(_ id: String) {
        let words = (Self.withoutDate(id) ?? id).split(separator: "-", omittingEmptySubsequences: false)
        var family: [String] = []
        var version: [Int] = []
        for word in words {
            guard version.isEmpty, let found = Self.version(in: word) else {
                family.append(String(word))
                continue
            }
            version = found.numbers
            if !found.before.isEmpty { family.append(String(found.before)) }
            family.append("#")
            if !found.after.isEmpty { family.append(String(found.after)) }
        }
        if family.last == "#" { family.removeLast() }
        while version.count > 1, version.last == 0 { version.removeLast() }
        self.family = family
        self.version = version
    }

    /// Finds a version in a word: `4o` is version 4 and an `o`; `o3` is version 3 of `o`; `16k`, `v3` and `latest` have
    /// no version.
    private static func version(in word: Substring) -> (before: Substring, numbers: [Int], after: Substring)? {
        let before = word.hasPrefix("o") ? word.prefix(1) : ""
        let rest = word.dropFirst(before.count)
        let digits = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        let after = rest.dropFirst(digits.count)
        let parts = digits.split(separator: ".", omittingEmptySubsequences: false)
        let numbers = parts.compactMap { Int($0) }
        guard !digits.isEmpty, numbers.count == parts.count, after.isEmpty || (before.isEmpty && after == "o") else {
            return nil
        }
        return (before, numbers, after)
    }

    /// `gpt-4o` for `gpt-4o-2024-08-06` and `gpt-4-0613`; nil if the name does not end with a date.
    static func withoutDate(_ id: String) -> String? {
        let parts = id.split(separator: "-", omittingEmptySubsequences: false)
        func isNumber(_ part: Substring, digits: Int) -> Bool {
            part.utf8.count == digits && part.utf8.allSatisfy { (0x30...0x39).contains($0) }
        }
        if let last = parts.last, parts.count > 1, isNumber(last, digits: 4) {
            return parts.dropLast().joined(separator: "-")
        }
        guard parts.count > 3, isNumber(parts[parts.count - 3], digits: 4), isNumber(parts[parts.count - 2], digits: 2),
            isNumber(parts[parts.count - 1], digits: 2)
        else { return nil }
        return parts.dropLast(3).joined(separator: "-")
    }

    /// The day at the end of the name, `2024-08-06`; nil if the name does not end with a day that exists.
    static func day(_ id: String) -> CivilDate? { CivilDate(id.suffix(10)) }
}

extension ModelName {
    /// Whether a name looks like the name of a model of OpenAI. An unknown name that looks like OpenAI's is a mistake; other unknown names
    /// are those of other providers' models.
    static func isOpenAIs(_ id: String) -> Bool {
        let name = id.lowercased().split(separator: " ", omittingEmptySubsequences: true).joined(separator: " ")
        guard !name.contains(where: { "/:@\\ ".contains($0) }), !others.contains(where: { name.hasPrefix($0) }) else {
            return false
        }
        if stems.contains(where: { name.hasPrefix($0) }) { return true }
        // o1, o3-mini
        return name.hasPrefix("o") && name.dropFirst().first.map { $0.isASCII && $0.isNumber } ?? false
    }

    private static let stems = [
        "gpt", "chatgpt", "text-embedding", "text-moderation", "omni-moderation", "text-davinci", "text-curie",
        "text-babbage", "text-ada", "code-davinci", "code-cushman", "davinci", "babbage", "curie", "whisper", "tts-",
        "codex-", "computer-use", "dall-e", "sora-",
    ]
    /// Models whose names begin like the API's although the API does not serve them: other providers' models and open models.
    private static let others = [
        "gpt-oss", "gpt-j", "gpt-neo", "gpt2", "gpt-2", "gpt4all", "text-embedding-00", "text-embedding-v",
        "text-embedding-gecko", "whisper-large", "whisper-medium", "whisper-small",
        "whisper-base", "whisper-tiny",
    ]
}

extension EditDistance {
    /// Whether two names differ by one typing error: an added, missing, wrong or swapped letter. Names of at least 12 bytes may differ by
    /// two errors.
    static func isSlip(_ a: String, _ b: String) -> Bool {
        let distance = between(a, b)
        let length = min(a.utf8.count, b.utf8.count)
        guard length >= 5 else { return false }
        if distance <= (length >= 12 ? 2 : 1) { return true }
        let (a, b) = (Array(a.utf8), Array(b.utf8))
        guard a.count == b.count, distance == 2 else { return false }
        let differing = a.indices.filter { a[$0] != b[$0] }
        return differing.count == 2 && differing[1] == differing[0] + 1 && a[differing[0]] == b[differing[1]]
            && a[differing[1]] == b[differing[0]]
    }
}
