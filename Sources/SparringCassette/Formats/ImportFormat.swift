/// The formats that recordings are imported from: the command, its errors and the documentation use this one table.
package enum ImportFormat: String, Sendable, Hashable, CaseIterable {
    case vcrPython = "VCR.py"
    case vcrRuby = "Ruby VCR"
    case goVCR = "go-vcr"
    case har = "HAR"
    case testAgent = "dd-apm-test-agent"
    case wireMock = "WireMock mappings"
    case httprr = "httprr"
    case mitmproxy = "mitmproxy flows"
    case lines = "JSON Lines"
    case cassette = "cassettes"

    /// `VCR.py, Ruby VCR, …`
    package static var list: String { allCases.map(\.rawValue).joined(separator: ", ") }

    /// The endings of the names of files that are imported from a folder, in lower case. Each of these endings may be followed by `.gz`.
    package var endings: [String] {
        switch self {
        case .vcrPython, .vcrRuby, .goVCR, .wireMock: ["yaml", "yml", "json"]
        case .har: ["har", "json", "yaml", "yml"]
        case .testAgent: ["json"]
        case .httprr: ["httprr"]
        case .mitmproxy: ["mitm", "flow", "flows", "dump"]
        case .lines: ["jsonl", "ndjson"]
        case .cassette: ["sqlite", "sqlite3", "db", "tape"]
        }
    }

    /// The shape of a file, detected from its first bytes.
    package enum Shape: Sendable, Hashable {
        case gzip
        /// A YAML or JSON document, whose format is known only after the whole document has been read.
        case document
        /// A HAR file, which can be read one entry at a time.
        case archive
        case format(ImportFormat)
    }

    /// - Parameters:
    ///   - head: at least the first 4,096 bytes, or the whole file.
    ///   - ending: the ending of the file's name, in lower case.
    package static func shape(of head: some Collection<UInt8>, ending: String) -> Shape {
        if head.starts(with: [0x1F, 0x8B, 0x08]) { return .gzip }
        if head.starts(with: "SQLite format 3\u{0}".utf8) { return .format(.cassette) }
        if head.starts(with: HTTPRRFormat.firstLine.utf8) { return .format(.httprr) }
        if ImportFormat.lines.endings.contains(ending) { return .format(.lines) }
        if isFlow(head) { return .format(.mitmproxy) }
        let letters = head.prefix(4096).filter { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
        return letters.starts(with: #"{"log":{"#.utf8) ? .archive : .document
    }

    /// Whether the bytes begin like a flow: a length and a colon, and then the flow's first member with another length and colon.
    private static func isFlow(_ head: some Collection<UInt8>) -> Bool {
        var rest = Array(head.prefix(32))[...]
        for _ in 1...2 {
            let digits = rest.prefix { $0 &- 0x30 < 10 }
            rest = rest.dropFirst(digits.count)
            guard !digits.isEmpty, rest.popFirst() == UInt8(ascii: ":") else { return false }
        }
        return true
    }
}
