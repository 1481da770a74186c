import Foundation
import Sparring
import SparringExchange
import SparringJSON

/// A log in JSON Lines as `sparring view` shows it: lines of `serve --log json`, of the journal of the admin API, or of `check --out`.
/// The file is mapped, and only the places of its lines are in memory.
struct ViewedLog: ViewedFile {
    let name: String
    let notes: [String]
    private let data: Data
    private let lines: [Range<Int>]

    init(_ path: String) throws(CommandError) {
        name = path
        do { data = try Data(contentsOf: URL(filePath: path), options: .alwaysMapped) } catch {
            throw CommandError(mistakes: ["\(path): \(error.localizedDescription)"])
        }
        var found = Self.lines(of: data)
        guard let first = found.all.first, Self.json(data[first])?.object != nil else {
            throw CommandError(
                mistakes: [
                    "\(path):1:1: is not a line of JSON. `sparring view` shows journals, cassettes and logs in JSON Lines."
                ])
        }
        var notes: [String] = []
        if let last = found.all.last, last.upperBound == data.count, Self.json(data[last]) == nil {
            notes.append("\(path) was cut off in its last line, which is not shown.")
            if found.exchanges.last == last { found.exchanges.removeLast() }
        }
        guard !found.exchanges.isEmpty else {
            throw CommandError(mistakes: ["\(path): has no exchange that could be shown"])
        }
        self.notes = notes
        lines = found.exchanges
    }

    var title: String { "Log \(name)" }

    var count: Int { lines.count }

    func exchanges(at positions: Range<Int>) throws -> [Exchange] {
        positions.map { exchange(lines[$0]) }
    }

    func whole(at position: Int) throws -> KeptExchanges.Kept {
        let exchange = exchange(lines[position])
        return KeptExchanges.Kept(
            exchange, requestBytes: exchange.request.body.count, answer: [], bodyBytes: 64 << 10)
    }

    /// A line that cannot be read is shown as such: the others are worth looking at.
    private func exchange(_ line: Range<Int>) -> Exchange {
        let json = Self.json(data[line])
        let entry = json?["event"]?.string == "wire" ? json?["exchange"] : json
        if let exchange = entry.flatMap({ Exchange(entry: $0) }) { return exchange }
        var decision = Exchange.Decision(endpoint: nil, status: 0)
        decision.unmatched = "the line at byte \(line.lowerBound) of the file cannot be read"
        return Exchange(
            number: 0, session: "", connection: 0, request: Request(method: "", target: ""),
            decision: decision)
    }

    private static func json(_ line: Data) -> JSONValue? { try? JSONValue.parse(Array(line)) }

    // MARK: Lines

    private static let event = Array(#"{"event":""#.utf8)
    /// The events of the log of `serve` and of `check` that are exchanges.
    private static let wanted = [Array(#"exchange""#.utf8), Array(#"wire""#.utf8)]

    /// All lines that are not empty, and those that are exchanges.
    private static func lines(of data: Data) -> (all: [Range<Int>], exchanges: [Range<Int>]) {
        var (all, exchanges) = ([Range<Int>](), [Range<Int>]())
        data.withUnsafeBytes { bytes in
            var start = 0
            while start < bytes.count, let base = bytes.baseAddress {
                let found = memchr(base + start, 0x0A, bytes.count - start)
                let end = found.map { base.distance(to: UnsafeRawPointer($0)) } ?? bytes.count
                defer { start = end + 1 }
                let line = bytes[start..<end]
                guard line.first == UInt8(ascii: "{") || all.isEmpty, !line.isEmpty else { continue }
                all.append(start..<end)
                let rest = line.dropFirst(event.count)
                if !line.starts(with: event) || wanted.contains(where: { rest.starts(with: $0) }) {
                    exchanges.append(start..<end)
                }
            }
        }
        return (all, exchanges)
    }
}
