import SparringAPI
import SparringCassette
import SparringExchange
import SparringJSON

/// Tests recordings that other tools made. Every imported recording must give its events in the order of time.
extension FuzzTarget {
    static let har = FuzzTarget("har") { bytes in
        let entries = Cuts.compare(bytes) { pieces in
            var splitter = ElementSplitter(member: "entries")
            var found: [[UInt8]] = []
            for piece in pieces { splitter.take(piece) { found.append($0) } }
            return found
        }
        if let entries { return entries }
        var splitter = ElementSplitter(member: "entries")
        var finding: String?
        splitter.take(bytes) { element in
            guard let entry = try? JSONValue.parse(element), let exchange = try? HARFormat.exchange(entry) else {
                return
            }
            finding = finding ?? misordered(exchange)
        }
        return finding
    }

    /// Recordings that are one document of YAML or JSON: VCR, go-vcr, WireMock and others.
    static let recordings = FuzzTarget("recordings") { bytes in
        (try? ImportedFile(document: bytes))?.exchanges.lazy.compactMap(misordered).first
    }

    static let httprr = FuzzTarget("httprr") { bytes in
        (try? HTTPRRFormat.file(bytes))?.exchanges.lazy.compactMap(misordered).first
    }

    static let mitmproxy = FuzzTarget("mitmproxy") { bytes in
        func flows(_ pieces: [[UInt8]]) -> [[UInt8]]? {
            var splitter = MitmproxyFormat.Splitter()
            var found: [[UInt8]] = []
            let isRead: Void? = try? pieces.forEach { piece in try splitter.take(piece) { found.append($0) } }
            return isRead != nil && splitter.isAtEnd ? found : nil
        }
        if let finding = Cuts.compare(bytes, flows) { return finding }
        for flow in flows([bytes]) ?? [] {
            if let exchange = try? MitmproxyFormat.exchange(flow), let finding = misordered(exchange) { return finding }
        }
        return nil
    }

    /// Tests Sparring's own format as lines: a value that is read is written as the same value.
    static let cassetteLines = FuzzTarget("cassette-lines") { bytes in
        for line in bytes.split(separator: 0x0A) {
            guard let json = try? JSONValue.parse(Array(line)) else { continue }
            _ = CassetteLines.cassette(header: json)
            guard let exchange = try? CassetteLines.exchange(json) else { continue }
            guard (try? CassetteLines.exchange(CassetteLines.line(exchange))) == exchange else {
                return "not read again"
            }
            _ = HARFormat.entry(exchange, host: "https://example.com").text()
        }
        return nil
    }

    /// Compressed bodies. The first byte chooses the coding.
    static let contentCoding = FuzzTarget("content-coding") { bytes in
        guard let first = bytes.first else { return nil }
        let coding = ["br", "zstd", "gzip", "deflate"][Int(first) % 4]
        _ = ContentCoding.decoded(Array(bytes.dropFirst()), [coding])
        return nil
    }

    private static func misordered(_ exchange: ImportedExchange) -> String? {
        _ = exchange.target
        var last: Int64?
        for event in exchange.events(session: "s") {
            guard let time = event.time else { continue }
            if let before = last, time < before { return "an event at \(time) follows one at \(before)" }
            last = time
        }
        return UTCTime.text(exchange.startedAt).isEmpty ? "no time" : nil
    }
}

extension CassetteEvent {
    /// Nanoseconds since the start of the exchange; nil for the request's body.
    fileprivate var time: Int64? {
        switch self {
        case .began(_, _, _, _, let at), .head(_, let at), .body(_, let at), .sent(_, let at), .ended(_, let at):
            at.nanoseconds
        case .uploaded, .uploadEnded: nil
        }
    }
}
