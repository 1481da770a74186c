package import SparringCassette
import SparringExchange

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The place of a cassette: an SQLite file, or a folder with a file of JSON Lines for each session.
package struct CassetteLocation: Sendable, Hashable {
    package let path: String
    package let isFolder: Bool

    /// An existing path is used as it is. For a new path, a name such as `x.sqlite` or `x.db` means a file, and any other name means a
    /// folder.
    package init(_ path: String) {
        var status = stat()
        if stat(path, &status) == 0 {
            isFolder = status.st_mode & S_IFMT == S_IFDIR
        } else {
            isFolder = ![".sqlite", ".sqlite3", ".db", ".tape"].contains { path.hasSuffix($0) }
        }
        self.path = path
    }

    /// True if a file or folder has this path.
    package var exists: Bool { TextFiles.exists(path) }

    /// Deletes a cassette that has no exchange.
    package func remove() { isFolder ? TextFiles.removeFolder(path) : TextFiles.removeDatabase(path) }

    /// Reads the cassette in its current state. Other programs may read the cassette or record on it at the same time.
    package func read() throws(JournalError) -> Cassette {
        isFolder ? try CassetteFolder.read(path) : try CassetteReader.read(path)
    }

    func writer(masked: [String], key: FingerprintKey? = nil) throws(JournalError) -> any CassetteWriting {
        isFolder
            ? try CassetteFolder(path, masked: masked, key: key) : try CassetteWriter(path, masked: masked, key: key)
    }
}

/// Appends complete exchanges to a cassette.
package final class CassetteAppender {
    private let writer: any CassetteWriting
    private var waiting: [(exchange: Int, entry: CassetteEntry)] = []
    private var waitingBytes = 0
    private var count = 0
    private let redaction: CassetteRedaction
    /// The exchanges that were not appended, with one line and the reason for each.
    package private(set) var leftOut: [String] = []

    /// The maximum number of bytes in one transaction.
    private static let batch = 4 << 20

    /// - Parameter key: the key for a new cassette; if nil, a random key.
    package init(
        _ place: CassetteLocation, redaction: CassetteRedaction = CassetteRedaction(), key: FingerprintKey? = nil
    ) throws(JournalError) {
        writer = try place.writer(masked: redaction.words, key: key)
        self.redaction = redaction
    }

    package var key: FingerprintKey { writer.key }

    /// Appends an exchange after masking its secrets. The exchange gets the next number in its session.
    /// - Parameter source: the key of the exchange's fingerprint. If the cassette has another key, the fingerprint is
    ///   dropped.
    /// - Returns: whether the exchange was appended.
    @discardableResult
    package func append(_ original: RecordedExchange, from source: FingerprintKey) throws -> Bool {
        let exchange: RecordedExchange
        do {
            exchange = try original.masked(by: redaction)
        } catch {
            leftOut.append("\(redaction.target(original.words)): \(error)")
            return false
        }
        var request = exchange.request
        if source != key { request.fingerprint = nil }
        var entries: [CassetteEntry] = [.request(request, session: exchange.session, startedAt: exchange.startedAt)]
        if let answer = exchange.answer {
            var head = answer
            (head.body, head.pieces) = ([], [])
            entries.append(.head(head))
            if !answer.pieces.isEmpty { entries.append(.part(answer.body, answer.pieces)) }
        }
        entries += exchange.messages.map { .message($0) }
        if exchange.ending != .unfinished {
            entries.append(
                .ending(exchange.ending, at: exchange.answer?.endAt ?? 0, isMasked: exchange.answer?.isMasked ?? false))
        }
        try add(entries, bytes: exchange.bodyBytes)
        return true
    }

    /// Appends the exchange that these events make up.
    /// - Returns: whether the exchange was appended.
    @discardableResult
    package func append(_ events: [CassetteEvent]) throws -> Bool {
        var scribe = RecordingEncoder(redaction: redaction, key: key, keepsFailures: true)
        let entries = events.flatMap { scribe.take($0) }
        for case .head(let head) in entries where head.status == 101 {
            if case .began(let request, let target, _, _, _)? = events.first {
                leftOut.append("\(request.method) \(redaction.target(target)): WebSockets are not imported")
            }
            return false
        }
        for case .dropped(let reason) in entries {
            if case .began(let request, let target, _, _, _)? = events.first {
                leftOut.append("\(request.method) \(redaction.target(target)): \(reason ?? "it failed")")
            }
            return false
        }
        try add(entries, bytes: 64 << 10)
        return true
    }

    private func add(_ entries: [CassetteEntry], bytes: Int) throws {
        count += 1
        waiting += entries.map { (count, $0) }
        waitingBytes += bytes
        if waitingBytes > Self.batch { try flush() }
    }

    private func flush() throws {
        try writer.write(waiting)
        waiting.removeAll()
        waitingBytes = 0
    }

    package func close() throws {
        try flush()
        try writer.close()
    }
}
