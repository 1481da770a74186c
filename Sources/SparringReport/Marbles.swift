import SparringJSON

/// Marbles show an answer as it was sent, with one character for each part. docs/reference/faults.md explains all marbles.
package enum Marbles {
    /// The frequent marbles and their meaning.
    package static let key =
        "H head, d event, D end of body, b part of an event, ! fault, . connection open, | closed, X reset"

    /// The line under a report that shows marbles.
    package static let legend = "marbles   " + key

    /// Whether the wire of a case shows marbles.
    static func isShown(in entry: RunLog.Entry) -> Bool {
        entry.exchanges.contains { !($0["marbles"]?.string ?? "").isEmpty }
    }
}
