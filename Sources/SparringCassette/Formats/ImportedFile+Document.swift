import SparringJSON
import SparringScenario

extension ImportedFile {
    /// - Parameter bytes: a YAML or JSON document.
    package init(document bytes: [UInt8], files: BodyFiles = BodyFiles()) throws(ImportMistake) {
        let root = try Self.root(of: bytes)
        for format in ImportFormat.allCases {
            guard let document = format.document, let nodes = document.interactions(in: root) else { continue }
            for (number, node) in zip(1..., nodes) { add(node, number: number, format: document, files: files) }
            return
        }
        throw Self.unknown
    }

    private mutating func add(_ node: YAMLNode, number: Int, format: any DocumentFormat.Type, files: BodyFiles) {
        do throws(ImportMistake) {
            guard var exchange = try format.exchange(node, files) else { return }
            // If only some recordings have a time, all recordings stay in the order of the file.
            if exchange.startedAt == 0 { exchange.startedAt = exchanges.last?.startedAt ?? 0 }
            exchanges.append(exchange)
        } catch {
            leftOut.append("recording \(number): \(error)")
        }
    }

    package static var unknown: ImportMistake {
        ImportMistake("the file is not in a known format; the known formats are \(ImportFormat.list)")
    }

    private static func root(of bytes: [UInt8]) throws(ImportMistake) -> YAMLNode {
        guard var text = String(validating: bytes, as: UTF8.self) else { throw ImportMistake("it is not UTF-8 text") }
        if text.unicodeScalars.first == "\u{FEFF}" { text.unicodeScalars.removeFirst() }
        let isEmpty = text.split(whereSeparator: \.isNewline).allSatisfy { line in
            let line = line.drop(while: \.isWhitespace)
            return line.isEmpty || line.hasPrefix("#") || line == "---"
        }
        guard !isEmpty, let first = text.first(where: { !$0.isWhitespace }) else { throw ImportMistake("it is empty") }
        if first == "{" || first == "[", let json = try? JSONValue.parse(Array(text.utf8)) { return YAMLNode(json) }
        let reader = YAMLReader(file: "")
        if let root = reader.root(of: text, limit: longest) { return root }
        guard let mistake = reader.mistakes.diagnostics.first else { throw ImportMistake("it is empty") }
        throw ImportMistake("line \(mistake.line): \(mistake.message)")
    }

    /// The maximum number of values. It is enough for a cassette with some hundred embedding vectors, in which each number is a value.
    private static let longest = 2_000_000
}

extension ImportFormat {
    /// The type that reads the format; nil for a format that is not a document of YAML or JSON.
    var document: (any DocumentFormat.Type)? {
        switch self {
        case .vcrPython: VCRFormat.self
        case .vcrRuby: RubyVCRFormat.self
        case .goVCR: GoVCRFormat.self
        case .har: HARFormat.self
        case .testAgent: TestAgentFormat.self
        case .wireMock: WireMockFormat.self
        case .httprr, .mitmproxy, .lines, .cassette: nil
        }
    }
}
