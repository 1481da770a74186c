/// The number of letters to insert, delete or replace to turn one word into another (Levenshtein).
package enum EditDistance {
    /// Words whose lengths differ by more bytes than this are not compared letter by letter. A client may send a name
    /// of a million letters, and the callers only need to know whether two words are similar.
    static let farthest = 64

    /// - Returns: the distance in bytes of UTF-8; for words of very different length, the difference of their lengths.
    package static func between(_ a: String, _ b: String) -> Int {
        let difference = abs(a.utf8.count - b.utf8.count)
        guard difference <= farthest else { return difference }
        let a = Array(a.utf8)
        let b = Array(b.utf8)
        var row = Array(0...b.count)
        for (i, byte) in a.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, other) in b.enumerated() {
                let replaced = diagonal + (byte == other ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(replaced, row[j] + 1, row[j + 1] + 1)
            }
        }
        return row[b.count]
    }
}
