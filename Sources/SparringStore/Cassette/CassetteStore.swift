import Dispatch
import GRDB
package import SparringCassette
import SparringExchange
import Synchronization

/// Records onto a cassette. The store receives events on event loops, masks them, and writes them on its own thread. One transaction
/// contains the events of 50 ms. Only masked data is ever written.
package final class CassetteStore: CassetteSink {
    package struct Settings: Sendable {
        /// A file or a folder, which is created if it does not exist; see `CassetteLocation`.
        package var path: String
        package var redaction: CassetteRedaction
        /// Whether failed answers are kept: answers with 4xx or 5xx, and cut-off answers.
        package var keepsFailures: Bool

        package init(path: String, redaction: CassetteRedaction = CassetteRedaction(), keepsFailures: Bool = false) {
            self.path = path
            self.redaction = redaction
            self.keepsFailures = keepsFailures
        }
    }

    private struct State {
        var events: [(exchange: Int, event: CassetteEvent)] = []
        /// The bytes of bodies in the queue.
        var bytes = 0
        var isScheduled = false
    }

    /// The state that belongs to `thread`.
    private struct Desk: ~Copyable {
        var writer: any CassetteWriting
        var scribes: [Int: RecordingEncoder] = [:]
        /// Entries that could not be written yet.
        var unwritten: [(exchange: Int, entry: CassetteEntry)] = []
        var isFailing = false
        var kept = 0
        var dropped = 0
    }

    private let settings: Settings
    package let key: FingerprintKey
    private let thread = DispatchQueue(label: "cassette", qos: .utility)
    private let state = Mutex(State())
    private let desk: Mutex<Desk>
    private let warn: @Sendable (String) -> Void

    static let delay = DispatchTimeInterval.milliseconds(50)
    private static let retryDelay = DispatchTimeInterval.seconds(1)

    /// Above this limit, the caller waits for the disk, because a recording must not have gaps.
    private static let limit = 64 << 20

    /// - Parameter warn: called with a sentence for each thing that is missing in the cassette; the sentence has the reason.
    package init(_ settings: Settings, warn: @escaping @Sendable (String) -> Void) throws(JournalError) {
        let writer = try CassetteLocation(settings.path).writer(masked: settings.redaction.words)
        key = writer.key
        desk = Mutex(Desk(writer: writer))
        self.settings = settings
        self.warn = warn
    }

    package func take(_ event: CassetteEvent, of exchange: Int) {
        let isFull = state.withLock { state in
            state.events.append((exchange, event))
            switch event {
            case .began(let request, _, _, _, _): state.bytes += request.body.count
            case .uploaded(let bytes), .body(let bytes, _), .sent(let bytes, _): state.bytes += bytes.count
            case .uploadEnded, .head, .ended: break
            }
            if !state.isScheduled {
                state.isScheduled = true
                thread.asyncAfter(deadline: .now() + Self.delay) { self.flush() }
            }
            return state.bytes > Self.limit
        }
        if isFull { thread.sync { flush() } }
    }

    /// Called on `thread`.
    private func flush() {
        let events = state.withLock { state in
            defer { state = State() }
            return state.events
        }
        let problems = desk.withLock { desk in
            for (exchange, event) in events {
                for entry in note(event, of: exchange, &desk) { desk.unwritten.append((exchange, entry)) }
            }
            let reasons = desk.unwritten.compactMap { item in
                if case .dropped(let reason?) = item.entry { reason } else { nil }
            }
            return reasons.map { "\(settings.path): an exchange is not kept: \($0)" } + write(&desk)
        }
        for problem in problems { warn(problem) }
        if desk.withLock({ $0.isFailing }) {
            state.withLock { state in
                guard !state.isScheduled else { return }
                state.isScheduled = true
                thread.asyncAfter(deadline: .now() + Self.retryDelay) { self.flush() }
            }
        }
    }

    private func note(_ event: CassetteEvent, of exchange: Int, _ desk: inout Desk) -> [CassetteEntry] {
        var scribe: RecordingEncoder
        if case .began = event {
            scribe = RecordingEncoder(redaction: settings.redaction, key: key, keepsFailures: settings.keepsFailures)
        } else {
            guard let known = desk.scribes.removeValue(forKey: exchange) else { return [] }
            scribe = known
        }
        let entries = scribe.take(event)
        if case .ended = event { return entries }
        desk.scribes[exchange] = scribe
        return entries
    }

    private func write(_ desk: inout Desk) -> [String] {
        guard !desk.unwritten.isEmpty else { return [] }
        do {
            try desk.writer.write(desk.unwritten)
            for case (_, .ending) in desk.unwritten { desk.kept += 1 }
            for case (_, .dropped) in desk.unwritten { desk.dropped += 1 }
            desk.unwritten.removeAll()
            desk.isFailing = false
            return []
        } catch {
            defer { desk.isFailing = true }
            let reason = (error as? DatabaseError)?.message ?? "\(error)"
            return desk.isFailing
                ? [] : ["\(settings.path): the cassette cannot be written: \(reason). Trying again every second."]
        }
    }

    /// The number of recorded exchanges, in words.
    package var summary: String {
        let (kept, dropped) = desk.withLock { ($0.kept, $0.dropped) }
        let left = dropped == 0 ? "" : " · \(dropped) failed and not kept (--keep-failures keeps them)"
        return "\(Counted.exchanges(kept)) recorded on \(settings.path)\(left)"
    }

    /// Writes the remaining entries, and closes the file. This must be called after the last event.
    /// - Returns: a sentence that says how much is missing in the cassette; nil if the cassette is complete.
    package func close() async -> String? {
        await withCheckedContinuation { continuation in
            thread.async {
                self.flush()
                continuation.resume(
                    returning: self.desk.withLock { desk in
                        let missing = Set(desk.unwritten.map(\.exchange)).count
                        do { try desk.writer.close() } catch { return "\(self.settings.path): \(error)" }
                        return missing == 0 ? nil : "\(self.settings.path): \(Counted.exchanges(missing)) missing"
                    })
            }
        }
    }
}

/// The destination of entries: a database or a folder.
protocol CassetteWriting {
    var key: FingerprintKey { get }
    /// Writes all of the entries, or none of them.
    func write(_ entries: [(exchange: Int, entry: CassetteEntry)]) throws
    func close() throws
}
