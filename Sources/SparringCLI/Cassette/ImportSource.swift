import Foundation
import SparringCassette
import SparringJSON
import SparringStore

/// A file to import exchanges from.
struct ImportSource {
    let path: String
    let size: Int
    private let shape: ImportFormat.Shape

    /// Receives the exchanges of a source. Each function adds one exchange to a cassette, and returns whether the cassette has the
    /// exchange.
    struct Sink {
        var recording: (ImportedExchange) throws -> Bool
        /// An exchange of a cassette, with the key of that cassette.
        var exchange: (RecordedExchange, FingerprintKey) throws -> Bool
        /// A recording that cannot be imported: its place, and the reason.
        var leftOut: (String) throws -> Void
    }

    /// - Throws: `ImportMistake` for a file that cannot be read.
    init(_ path: String) throws {
        self.path = path
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw ImportMistake("no such file")
        }
        size = (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? 0
        guard !isFolder.boolValue else {
            shape = .format(.cassette)
            return
        }
        guard let file = FileHandle(forReadingAtPath: path) else { throw ImportMistake("the file cannot be read") }
        defer { try? file.close() }
        shape = ImportFormat.shape(
            of: try file.read(upToCount: 8192) ?? Data(), ending: ImportFiles.ending(of: path))
    }

    /// The header of a cassette, with the key of its fingerprints; nil for other formats.
    func cassetteHeader() throws -> Cassette? {
        switch shape {
        case .format(.cassette): return try CassetteLocation(path).read()
        case .format(.lines):
            var header: Cassette?
            try lines { line, _ in
                header = header ?? (try? JSONValue.parse(line)).flatMap { CassetteLines.cassette(header: $0) }
                return false
            }
            return header
        default: return nil
        }
    }

    /// - Parameter progress: called with the bytes that have been read.
    /// - Returns: the number of exchanges that were put in the cassette.
    func read(into sink: Sink, _ progress: (Int) -> Void) throws -> Int {
        switch shape {
        case .archive: return try archive(sink, progress)
        case .gzip:
            guard let plain = ContentCoding.decoded(try whole(), ["gzip"]) else {
                throw ImportMistake("its gzip data is damaged")
            }
            return try read(plain, sink)
        case .document, .format(.httprr): return try read(try whole(), sink)
        case .format(.mitmproxy): return try mitmproxy(sink, progress)
        case .format(.lines): return try lines(sink, progress)
        case .format(.cassette):
            let cassette = try CassetteLocation(path).read()
            return try cassette.exchanges.count { try sink.exchange($0, cassette.key) }
        case .format: throw ImportedFile.unknown
        }
    }

    // MARK: Formats

    /// Reads the exchanges of a file that fits into memory.
    private func read(_ bytes: [UInt8], _ sink: Sink) throws -> Int {
        let shape = ImportFormat.shape(of: bytes.prefix(8192), ending: ImportFiles.ending(of: path))
        let file: ImportedFile
        switch shape {
        case .format(.httprr): file = try HTTPRRFormat.file(bytes)
        case .document, .archive: file = try ImportedFile(document: bytes, files: bodies)
        default: throw ImportedFile.unknown
        }
        for line in file.leftOut { try sink.leftOut(line) }
        return try file.exchanges.count { try sink.recording($0) }
    }

    /// WireMock stores the bodies of answers in `__files`, next to the folder `mappings`.
    private var bodies: BodyFiles {
        let folder = URL(filePath: path).deletingLastPathComponent()
        return BodyFiles { name in
            guard !name.hasPrefix("/"), !name.split(separator: "/").contains("..") else { return nil }
            var root = folder
            for _ in 1...4 {
                let file = root.appending(path: "__files").appending(path: name)
                if let data = FileManager.default.contents(atPath: file.path) { return Array(data) }
                root = root.deletingLastPathComponent()
            }
            return nil
        }
    }

    private func archive(_ sink: Sink, _ progress: (Int) -> Void) throws -> Int {
        var splitter = ElementSplitter(member: "entries")
        var (number, count, offset) = (0, 0, 0)
        try chunks { chunk in
            try splitter.take(chunk) { element in
                number += 1
                do {
                    guard let exchange = try HARFormat.exchange(try JSONValue.parse(element)) else { return }
                    if try sink.recording(exchange) { count += 1 }
                } catch let error as JSONSyntaxError {
                    try sink.leftOut("entry \(number): invalid JSON: \(error.reason)")
                } catch let error as ImportMistake {
                    try sink.leftOut("entry \(number): \(error)")
                }
            }
            offset += chunk.count
            progress(offset)
            return true
        }
        guard splitter.hasFound else { throw ImportMistake("the file is not a HAR, because it has no log.entries") }
        guard splitter.isOver else { throw ImportMistake("the file ends in the middle of entry \(number + 1)") }
        return count
    }

    private func mitmproxy(_ sink: Sink, _ progress: (Int) -> Void) throws -> Int {
        var splitter = MitmproxyFormat.Splitter()
        var (count, number, offset) = (0, 0, 0)
        do {
            try chunks { chunk in
                try splitter.take(chunk) { flow in
                    number += 1
                    guard let exchange = try MitmproxyFormat.exchange(flow) else { return }
                    if try sink.recording(exchange) { count += 1 }
                }
                offset += chunk.count
                progress(offset)
                return true
            }
            guard splitter.isAtEnd else { throw ImportMistake("the file ends in the middle of this flow") }
        } catch let error as ImportMistake {
            throw ImportMistake("flow \(number + 1): \(error)")
        }
        return count
    }

    private func lines(_ sink: Sink, _ progress: (Int) -> Void) throws -> Int {
        var (header, count, number, offset): (Cassette?, Int, Int, Int) = (nil, 0, 0, 0)
        try lines { line, _ in
            number += 1
            offset += line.count + 1
            progress(offset)
            guard !line.isEmpty else { return true }
            do {
                let json = try JSONValue.parse(line)
                if let found = CassetteLines.cassette(header: json) {
                    header = found
                    return true
                }
                guard let header else { throw ImportMistake("the first line is not the header of a cassette") }
                if try sink.exchange(try CassetteLines.exchange(json), header.key) { count += 1 }
            } catch let error as JSONSyntaxError {
                throw ImportMistake("line \(number): invalid JSON: \(error.reason)")
            } catch let error as CassetteLines.Mistake {
                throw ImportMistake("line \(number): \(error)")
            } catch let error as ImportMistake {
                throw ImportMistake("line \(number): \(error)")
            }
            return true
        }
        return count
    }

    // MARK: Reading

    private func whole() throws -> [UInt8] {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw ImportMistake("the file cannot be read")
        }
        return Array(data)
    }

    /// - Parameter body: returns whether to continue.
    private func chunks(_ body: (Data) throws -> Bool) throws {
        guard let file = FileHandle(forReadingAtPath: path) else { throw ImportMistake("the file cannot be read") }
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
