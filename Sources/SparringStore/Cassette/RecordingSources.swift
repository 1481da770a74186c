import GRDB
package import SparringCassette
import SparringJSON

/// Reads recordings one at a time from a cassette's database.
struct DatabaseRecordingSource: RecordingSource {
    let queue: DatabaseQueue
    let ids: [Int64]

    var mayBlock: Bool { true }

    func exchange(at position: Int) throws -> RecordedExchange {
        guard let exchange = try queue.read({ try CassetteReader.exchange(ids[position], $0) }) else { throw Gone() }
        return exchange
    }

    /// The error if another program has deleted the recording.
    private struct Gone: Error, CustomStringConvertible {
        var description: String { "the recording was deleted" }
    }
}

/// Reads recordings one at a time from a folder.
struct FolderRecordingSource: RecordingSource {
    /// The place of an exchange in the files.
    struct Line: Sendable, Comparable {
        var startedAt: Int64
        var file: Int
        var offset: Int
        var count: Int
        /// Whether the fingerprint was made with a key other than the cassette's.
        var isForeign: Bool

        static func < (a: Line, b: Line) -> Bool { (a.startedAt, a.file, a.offset) < (b.startedAt, b.file, b.offset) }
    }

    /// The paths of the files, indexed by the file numbers of lines.
    let files: [String]
    let lines: [Line]

    var mayBlock: Bool { true }

    func exchange(at position: Int) throws -> RecordedExchange {
        let line = lines[position]
        let bytes = try TextFiles.bytes(of: files[line.file], from: line.offset, count: line.count)
        var exchange = try CassetteLines.exchange(try JSONValue.parse(bytes))
        if line.isForeign { exchange.request.fingerprint = nil }
        return exchange
    }
}

extension CassetteLocation {
    /// The index of a cassette. If the exchanges fit into `limit` bytes, they are kept in memory; otherwise each exchange is read from the
    /// disk when it is needed.
    package func index(_ matching: CassetteMatching, inMemory limit: Int = 64 << 20) throws -> CassetteIndex {
        isFolder ? try folder(matching, limit) : try database(matching, limit)
    }

    private func database(_ matching: CassetteMatching, _ limit: Int) throws -> CassetteIndex {
        var (indexer, held, ids) = (CassetteIndexer(matching), Held(limit: limit), [Int64]())
        let (queue, header) = try CassetteReader.read(path) { id, exchange in
            indexer.add(exchange)
            held.add(exchange)
            ids.append(id)
        }
        guard let exchanges = held.exchanges else {
            return try indexer.index(header, on: DatabaseRecordingSource(queue: queue, ids: ids))
        }
        return try indexer.index(header, on: CassetteInMemory(exchanges))
    }

    /// Indexes a folder. The lines of a file are in the order in which exchanges ended. A cassette that is too large for memory
    /// is read twice.
    private func folder(_ matching: CassetteMatching, _ limit: Int) throws -> CassetteIndex {
        var (held, lines) = (Held(limit: limit), [FolderRecordingSource.Line]())
        let header = try CassetteFolder.scan(path) { line, exchange in
            held.add(exchange)
            lines.append(line)
        }
        var indexer = CassetteIndexer(matching)
        if let exchanges = held.exchanges {
            let order = lines.indices.sorted { lines[$0] < lines[$1] }
            let sorted = order.map { exchanges[$0] }
            for exchange in sorted { indexer.add(exchange) }
            return try indexer.index(header, on: CassetteInMemory(sorted))
        }
        let files = TextFiles.names(in: path).filter { $0.hasSuffix(".jsonl") }.sorted().map { "\(path)/\($0)" }
        let shelf = FolderRecordingSource(files: files, lines: lines.sorted())
        for position in shelf.lines.indices { indexer.add(try shelf.exchange(at: position)) }
        return try indexer.index(header, on: shelf)
    }

    /// The exchanges of a cassette that fits into memory.
    private struct Held {
        let limit: Int
        /// The exchanges so far; nil if they do not fit into memory.
        private(set) var exchanges: [RecordedExchange]? = []
        private var bytes = 0

        init(limit: Int) { self.limit = limit }

        mutating func add(_ exchange: RecordedExchange) {
            bytes += exchange.bodyBytes + 2048
            if bytes > limit { exchanges = nil } else { exchanges?.append(exchange) }
        }
    }
}
