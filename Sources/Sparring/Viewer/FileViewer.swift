import SparringExchange
import SparringJSON

/// Makes the reports about a file that the page requests: a list of exchanges, the newest first, or one exchange.
struct FileViewer: Sendable {
    struct Bounds: Sendable {
        /// The maximum number of exchanges in a list, and of bytes in their rows.
        var exchanges = 5000
        var bytes = 64 << 20
        /// The number of positions that are read at a time. A search reads up to 64 times as many if the query selects only a few
        /// exchanges.
        var block = 250
        /// The time after which a search, or a list of a file with gaps, returns what it has found so far. The page then
        /// asks for the rest.
        var patience = Duration.milliseconds(300)
    }

    let file: any ViewedFile
    let version: String?
    var bounds = Bounds()

    /// - Parameters:
    ///   - before: the position after the newest exchange of the list; nil for the end of the file.
    ///   - filter: selects exchanges. The part of the file before that position is searched, the newest exchanges first, until the list is
    ///     full or the time is over.
    func page(before: Int?, filter: String) throws -> JSONValue {
        let wants = filter.isEmpty ? nil : try ExchangeFilter(filter)
        let total = file.count
        let end = max(0, min(before ?? total, total))
        let deadline = ContinuousClock.now + bounds.patience
        var (rows, bytes, start, block) = ([JSONValue](), 0, end, bounds.block)
        reading: while start > 0 {
            let positions = max(0, start - block)..<start
            let read = try file.exchanges(at: positions, for: wants)
            for (position, exchange) in read.reversed() {
                guard rows.count < bounds.exchanges, bytes < bounds.bytes else { break reading }
                start = position
                guard wants?.selects(exchange) ?? true else { continue }
                rows.append(row(exchange, at: position))
                bytes += 500 + 100 * exchange.timeline.entries.count
            }
            start = positions.lowerBound
            // A damaged file may have ids with gaps that would take hours to search.
            guard wants == nil && !read.isEmpty || ContinuousClock.now < deadline else { break }
            if read.count < positions.count / 4 { block = min(4 * block, 64 * bounds.block) }
        }
        return [
            "now_ms": 0, "version": .string(orNull: version), "sessions": [],
            "exchanges": .array(rows.reversed()),
            "breakpoints": ["held": [], "breakpoints": []],
            "stored": [
                "title": .string(file.title), "base": "http://127.0.0.1:8080/v1",
                "notes": .strings(file.notes),
                "missing": 0, "file": .string(file.name), "total": .int(total), "from": .int(start),
                "to": .int(end),
                "older": start > 0 ? .int(start) : .null, "filter": .string(filter),
            ],
        ]
    }

    /// - Returns: nil if the file has no such position.
    func exchange(at position: Int) throws -> JSONValue? {
        guard (0..<file.count).contains(position) else { return nil }
        let whole = try file.whole(at: position)
        guard case .object(var entry) = row(whole.exchange, at: position),
            case .object(let rest) = whole.rest(most: 64 << 10, explanation: nil)
        else { return nil }
        for member in rest.members { entry[member.name] = member.value }
        if whole.answer.isEmpty {
            entry["answer_withheld"] = "the file does not have the bytes of this answer"
        }
        return .object(entry)
    }

    private func row(_ exchange: Exchange, at position: Int) -> JSONValue {
        // Without bodies, equal requests cannot be recognized.
        let call = exchange.request.body.isEmpty ? UInt64(position) : LiveReport.call(exchange.request)
        var row = LiveReport.row(of: exchange, call: call)
        row["key"] = .int(position)
        return .object(row)
    }
}
