import Foundation
import Sparring
import SparringExchange
import SparringJSON

/// A log in JSON Lines in the form in which `sparring view` shows it: lines of `serve --log json`, of the journal of the admin API, or of
/// `check --out`. Only the positions of the file's lines are in memory. A line is read when it is shown; by then, the file may have been
/// replaced.
struct ViewedLog: ViewedFile {
    let name: String
    let notes: [String]
    private let lines: [Range<Int>]

    init(_ path: String) throws(CommandError) {
        name = path
        let data: Data
        do { data = try Data(contentsOf: URL(filePath: path), options: .alwaysMapped) } catch {
            throw CommandError(mistakes: ["\(path): \(error.localizedDescription)"])
        }
        var found = Self.lines(of: data)
        guard let last = found.last else {
            throw CommandError(
                mistakes: ["\(path): has no line of JSON. \(ViewedFolder.kinds)."])
        }
        var notes: [String] = []
        if last.upperBound == data.count, Self.json(data[last]) == nil {
            notes.append("\(path) was cut off in its last line, which is not shown.")
            if found.exchanges.last == last { found.exchanges.removeLast() }
        }
        // A file of another kind may also have lines of JSON.
        guard found.exchanges.prefix(100).contains(where: { Self.exchange(data[$0]) != nil }) else {
            throw CommandError(
                mistakes: [
                    "\(path): has lines of JSON, but no exchange: no request was answered, or it is not a log of "
                        + "`serve --log json`, `check` or the admin API's journal"
                ])
        }
        self.notes = notes
        lines = found.exchanges
    }

    var title: String { "Log \(name)" }

    var count: Int { lines.count }

    func exchanges(
        at positions: Range<Int>, for filter: ExchangeFilter?
    ) throws -> [(position: Int, exchange: Exchange)] {
        let file = try FileHandle(forReadingFrom: URL(filePath: name))
        defer { try? file.close() }
        return try positions.map { ($0, try exchange(lines[$0], in: file)) }
    }

    func whole(at position: Int) throws -> KeptExchanges.Kept {
        let exchange = try exchanges(at: position..<position + 1, for: nil)[0].exchange
        return KeptExchanges.Kept(
            exchange, requestBytes: exchange.request.body.count, answer: [], bodyBytes: 64 << 10)
    }

    /// A line that cannot be read is shown with its error, because the other lines are still useful.
    private func exchange(_ line: Range<Int>, in file: FileHandle) throws -> Exchange {
        try file.seek(toOffset: UInt64(line.lowerBound))
        if let exchange = Self.exchange(try file.read(upToCount: line.count) ?? Data()) { return exchange }
        var decision = Exchange.Decision(endpoint: nil, status: 0)
        decision.unmatched = "the line at byte \(line.lowerBound) of the file cannot be read"
        return Exchange(
            number: 0, session: "", connection: 0, request: Request(method: "", target: ""),
            decision: decision)
    }

    private static func exchange(_ line: Data) -> Exchange? {
        let json = json(line)
        let entry = json?["event"]?.string == "wire" ? json?["exchange"] : json
        return entry.flatMap { Exchange(entry: $0) }
    }

    private static func json(_ line: Data) -> JSONValue? { try? JSONValue.parse(Array(line)) }

    // MARK: Lines

    private static let event = Array(#"{"event":""#.utf8)
    /// The events of the log of `serve` and of `check` that are exchanges.
    private static let wanted = [Array(#"exchange""#.utf8), Array(#"wire""#.utf8)]

    /// The last line of JSON, and the positions of the lines that may be exchanges. Other lines, such as the banner of `serve`, are
    /// skipped.
    private static func lines(
        of data: Data
    ) -> (last: Range<Int>?, exchanges: [Range<Int>]) {
        var last: Range<Int>?
        var exchanges: [Range<Int>] = []
        data.withUnsafeBytes { bytes in
            var start = 0
            while start < bytes.count, let base = bytes.baseAddress {
                let found = memchr(base + start, 0x0A, bytes.count - start)
                let end = found.map { base.distance(to: UnsafeRawPointer($0)) } ?? bytes.count
                defer { start = end + 1 }
                let line = bytes[start..<end]
                guard line.first == UInt8(ascii: "{") else { continue }
                last = start..<end
                let rest = line.dropFirst(event.count)
                if !line.starts(with: event) || wanted.contains(where: { rest.starts(with: $0) }) {
                    exchanges.append(start..<end)
                }
            }
        }
        return (last, exchanges)
    }
}
