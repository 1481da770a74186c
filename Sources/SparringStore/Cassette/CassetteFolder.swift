import SparringCassette
import SparringJSON
import SparringWire

/// A cassette in a folder, for review in git: `SESSION.jsonl`, one exchange per line. Each file begins with the cassette's header.
///
/// During a recording, a database in the folder contains the exchanges that have not ended. If the recording is killed, the next recording
/// finds the database and writes its exchanges as cut off.
final class CassetteFolder: CassetteWriting {
    private let path: String
    private let header: Cassette
    private let inner: CassetteWriter
    private var underWay: [Int: RecordedExchange] = [:]
    private var numbers: [String: Int] = [:]

    private static let inProgress = ".recording.sqlite"

    var key: FingerprintKey { header.key }

    init(_ path: String, masked: [String], key wanted: FingerprintKey?) throws(JournalError) {
        self.path = path
        do {
            try TextFiles.makeFolder(path)
            let before = try Self.read(path, mayBeEmpty: true)
            let rules = before.masked + masked.filter { !before.masked.contains($0) }
            let key = before.exchanges.isEmpty ? wanted ?? before.key : before.key
            header = Cassette(key: key, masked: rules)
            for exchange in before.exchanges {
                numbers[exchange.session] = max(numbers[exchange.session] ?? 0, exchange.number)
            }
            let leftOver = "\(path)/\(Self.inProgress)"
            let left = TextFiles.exists(leftOver) ? try CassetteReader.read(leftOver) : nil
            TextFiles.removeDatabase(leftOver)
            inner = try CassetteWriter(leftOver, masked: rules, key: key)
            if let left { try recover(left, before) }
        } catch let error as JournalError {
            throw error
        } catch {
            throw .unusable(path, "\(error)")
        }
    }

    /// Adds the exchanges of a killed recording that are not in the files.
    private func recover(_ left: Cassette, _ before: Cassette) throws {
        let known = Set(before.exchanges.map { "\($0.startedAt) \($0.session) \($0.request.fingerprint?.hex ?? "")" })
        for exchange in left.exchanges {
            let name = "\(exchange.startedAt) \(exchange.session) \(exchange.request.fingerprint?.hex ?? "")"
            if !known.contains(name) { try append(exchange) }
        }
    }

    func write(_ entries: [(exchange: Int, entry: CassetteEntry)]) throws {
        try inner.write(entries)
        for (number, entry) in entries {
            if case .request = entry {
                underWay[number] = RecordedExchange(
                    session: "", number: 0, startedAt: 0, request: RecordedRequest(method: "", target: ""),
                    ending: .unfinished)
            }
            underWay[number]?.apply(entry)
            switch entry {
            case .ending:
                if let exchange = underWay.removeValue(forKey: number) { try append(exchange) }
            case .dropped: underWay[number] = nil
            default: break
            }
        }
    }

    private func append(_ exchange: RecordedExchange) throws {
        var exchange = exchange
        numbers[exchange.session, default: 0] += 1
        exchange.number = numbers[exchange.session] ?? 1
        let file = "\(path)/\(Self.name(exchange.session))"
        var bytes = TextFiles.exists(file) ? [] : CassetteLines.header(header).serialized() + [0x0A]
        bytes += CassetteLines.line(exchange).serialized() + [0x0A]
        try TextFiles.append(bytes, to: file)
    }

    func close() throws {
        for exchange in underWay.values.sorted(by: { $0.startedAt < $1.startedAt }) { try append(exchange) }
        try inner.close()
        TextFiles.removeDatabase("\(path)/\(Self.inProgress)")
    }

    /// Escapes those characters of a session's name that a file name cannot contain.
    private static func name(_ session: String) -> String {
        let letters = session.utf8.map { byte in
            let isPlain = byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 26 || byte == 0x2D || byte == 0x5F
            return isPlain ? String(UnicodeScalar(byte)) : "%" + String(byte, radix: 16, uppercase: true)
        }
        return letters.joined() + ".jsonl"
    }

    // MARK: Reading

    static func read(_ path: String) throws(JournalError) -> Cassette { try read(path, mayBeEmpty: false) }

    /// Returns the exchanges in the order in which they began.
    private static func read(_ path: String, mayBeEmpty: Bool) throws(JournalError) -> Cassette {
        var found: [(line: FolderRecordingSource.Line, exchange: RecordedExchange)] = []
        var header = try scan(path, mayBeEmpty: mayBeEmpty) { found.append(($0, $1)) }
        header.exchanges = found.sorted { $0.line < $1.line }.map(\.exchange)
        return header
    }

    /// Reads one exchange at a time, file by file.
    /// - Returns: the cassette without its exchanges.
    static func scan(
        _ path: String, mayBeEmpty: Bool = false, _ body: (FolderRecordingSource.Line, RecordedExchange) throws -> Void
    ) throws(JournalError) -> Cassette {
        let files = TextFiles.names(in: path).filter { $0.hasSuffix(".jsonl") }.sorted()
        guard mayBeEmpty || !files.isEmpty else {
            throw .foreign(path, "there is no such cassette. `sparring record` creates one.")
        }
        var cassette: Cassette?
        for (number, file) in files.enumerated() { try scan("\(path)/\(file)", number: number, into: &cassette, body) }
        return cassette ?? Cassette(key: .random())
    }

    private static func scan(
        _ file: String, number: Int, into cassette: inout Cassette?,
        _ body: (FolderRecordingSource.Line, RecordedExchange) throws -> Void
    ) throws(JournalError) {
        var header: Cassette?
        var place = 0
        do {
            try TextFiles.lines(of: file) { offset, bytes in
                place += 1
                guard !bytes.isEmpty else { return }
                let json = try JSONValue.parse(bytes)
                guard let header else {
                    guard let first = CassetteLines.cassette(header: json) else {
                        throw JournalError.foreign(file, "does not begin with the header of a cassette")
                    }
                    (header, cassette) = (first, cassette ?? first)
                    return
                }
                var exchange = try CassetteLines.exchange(json)
                let isForeign = header.key != cassette?.key
                if isForeign { exchange.request.fingerprint = nil }
                let line = FolderRecordingSource.Line(
                    startedAt: exchange.startedAt, file: number, offset: offset, count: bytes.count,
                    isForeign: isForeign)
                try body(line, exchange)
            }
        } catch let error as JournalError {
            throw error
        } catch let error as TextFiles.Failure {
            throw .unusable(file, "\(error)")
        } catch {
            throw .foreign("\(file):\(place)", "is not an exchange: \(error)")
        }
    }
}
