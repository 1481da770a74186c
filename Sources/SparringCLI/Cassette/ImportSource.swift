import Foundation
import SparringJSON
import SparringStore
import SparringTape

/// A file to import exchanges from.
struct ImportSource {
    private enum Kind {
        case har
        case vcr
        case lines
        case mitmproxy
        case tape
    }

    let path: String
    let size: Int
    private let kind: Kind

    /// The ending of the name decides how the file is read.
    init(_ path: String) throws {
        self.path = path
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw ImportMistake("\(path): no such file")
        }
        size = (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? 0
        switch URL(filePath: path).pathExtension.lowercased() {
        case _ where isFolder.boolValue: kind = .tape
        case "har", "json": kind = .har
        case "yaml", "yml": kind = .vcr
        case "jsonl", "ndjson": kind = .lines
        case "mitm", "flow", "flows", "dump": kind = .mitmproxy
        case "sqlite", "sqlite3", "db", "tape": kind = .tape
        default: throw ImportMistake("\(path): unknown ending; known are .har, .yaml, .jsonl, .mitm and .sqlite")
        }
    }

    /// The header of a tape, with the key of its fingerprints; nil for other files.
    func tapeHeader() throws -> Tape? {
        switch kind {
        case .har, .vcr, .mitmproxy: return nil
        case .tape: return try TapeLocation(path).read()
        case .lines:
            var header: Tape?
            try lines { line, _ in
                header = header ?? (try? JSONValue.parse(line)).flatMap { TapeLines.tape(header: $0) }
                return false
            }
            return header
        }
    }

    /// - Parameter progress: called with the number of bytes read so far.
    /// - Returns: the number of exchanges.
    func read(onto appender: TapeAppender, session: String, _ progress: (Int) -> Void) throws -> Int {
        switch kind {
        case .har: return try har(appender, session, progress)
        case .vcr:
            let text = try String(contentsOfFile: path, encoding: .utf8)
            let exchanges = try VCRFormat.exchanges(text, file: path)
            return try exchanges.count { try appender.append($0.events(session: session)) }
        case .mitmproxy: return try mitmproxy(appender, session, progress)
        case .lines: return try lines(onto: appender, progress)
        case .tape:
            let tape = try TapeLocation(path).read()
            return try tape.exchanges.count { try appender.append($0, from: tape.key) }
        }
    }

    private func har(_ appender: TapeAppender, _ session: String, _ progress: (Int) -> Void) throws -> Int {
        var splitter = ElementSplitter(member: "entries")
        var (count, kept, offset) = (0, 0, 0)
        try chunks { chunk in
            try splitter.take(chunk) { element in
                count += 1
                do {
                    let exchange = try HARFormat.exchange(try JSONValue.parse(element))
                    // An entry that never got an answer has the status 0.
                    guard exchange.status > 0, try appender.append(exchange.events(session: session)) else { return }
                    kept += 1
                } catch let error as JSONSyntaxError {
                    throw ImportMistake("\(path): entry \(count): invalid JSON: \(error.reason)")
                } catch let error as ImportMistake {
                    throw ImportMistake("\(path): entry \(count): \(error)")
                }
            }
            offset += chunk.count
            progress(offset)
            return true
        }
        guard splitter.hasFound else { throw ImportMistake("\(path): not a HAR: it has no log.entries") }
        return kept
    }

    private func mitmproxy(_ appender: TapeAppender, _ session: String, _ progress: (Int) -> Void) throws -> Int {
        var splitter = MitmproxyFormat.Splitter()
        var (count, number, offset) = (0, 0, 0)
        do {
            try chunks { chunk in
                try splitter.take(chunk) { flow in
                    number += 1
                    guard let exchange = try MitmproxyFormat.exchange(flow) else { return }
                    if try appender.append(exchange.events(session: session)) { count += 1 }
                }
                offset += chunk.count
                progress(offset)
                return true
            }
            guard splitter.isAtEnd else { throw ImportMistake("the file ends inside this flow") }
        } catch let error as ImportMistake {
            throw ImportMistake("\(path): flow \(number + 1): \(error)")
        }
        return count
    }

    private func lines(onto appender: TapeAppender, _ progress: (Int) -> Void) throws -> Int {
        var (header, count, number, offset): (Tape?, Int, Int, Int) = (nil, 0, 0, 0)
        try lines { line, _ in
            number += 1
            offset += line.count + 1
            progress(offset)
            guard !line.isEmpty else { return true }
            do {
                let json = try JSONValue.parse(line)
                if let found = TapeLines.tape(header: json) {
                    header = found
                    return true
                }
                guard let header else { throw ImportMistake("the first line is not the header of a tape") }
                if try appender.append(try TapeLines.exchange(json), from: header.key) { count += 1 }
            } catch let error as JSONSyntaxError {
                throw ImportMistake("\(path):\(number): invalid JSON: \(error.reason)")
            } catch let error as TapeLines.Mistake {
                throw ImportMistake("\(path):\(number): \(error)")
            } catch let error as ImportMistake {
                throw ImportMistake("\(path):\(number): \(error)")
            }
            return true
        }
        return count
    }

    // MARK: Reading

    /// - Parameter body: returns whether to continue.
    private func chunks(_ body: (Data) throws -> Bool) throws {
        guard let file = FileHandle(forReadingAtPath: path) else { throw ImportMistake("cannot read \(path)") }
        defer { try? file.close() }
        while let chunk = try file.read(upToCount: 1 << 20), !chunk.isEmpty {
            guard try body(chunk) else { return }
        }
    }

    private func lines(_ body: ([UInt8], Int) throws -> Bool) throws {
        var rest: [UInt8] = []
        var (goesOn, number) = (true, 0)
        try chunks { chunk in
            rest += chunk
            var start = 0
            while goesOn, let end = rest[start...].firstIndex(of: 0x0A) {
                number += 1
                goesOn = try body(Array(rest[start..<end]), number)
                start = end + 1
            }
            rest.removeFirst(start)
            return goesOn
        }
        if goesOn, !rest.isEmpty { _ = try body(rest, number + 1) }
    }
}
