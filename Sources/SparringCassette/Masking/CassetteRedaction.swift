package import SparringExchange
package import SparringScenario
package import SparringWire

/// Masks secrets before exchanges are written to a cassette: the secrets that `Redaction` finds, JSON members with
/// certain names, and the secrets that the user's rules add.
package struct CassetteRedaction: Sendable {
    /// A rule of `--redact`.
    package enum Rule: Sendable {
        case header(String)
        case query(String)
        case path(CassettePath)
        case pattern(Pattern, text: String)
    }

    /// The reason why a text is not a valid rule.
    package struct Mistake: Error, Sendable, CustomStringConvertible {
        package var description: String
    }

    package var rules: [Rule]

    package init(_ rules: [Rule] = []) { self.rules = rules }

    /// Parses `header:X-Name`, `query:name`, `$.a.b[*]` or `/regular expression/`.
    package static func rule(_ text: String) throws(Mistake) -> Rule {
        if text.hasPrefix("header:"), text.count > 7 { return .header(text.dropFirst(7).lowercased()) }
        if text.hasPrefix("query:"), text.count > 6 { return .query(String(text.dropFirst(6))) }
        if text.hasPrefix("$"), let path = CassettePath(text), !path.components.isEmpty { return .path(path) }
        guard text.count > 2, text.hasPrefix("/"), text.hasSuffix("/") else {
            throw Mistake(
                description: "'\(text)' is not a rule. Use `header:X-Name`, `query:name`, a path such as "
                    + "`$.metadata.mail`, or a pattern between slashes such as `/[a-z]+@example\\.com/`.")
        }
        let expression = String(text.dropFirst().dropLast())
        let pattern: Pattern
        do throws(PatternError) {
            pattern = try Pattern(expression)
        } catch {
            throw Mistake(description: "'\(text)': \(error.reason), at character \(error.position + 1)")
        }
        guard pattern.firstMatch(in: "") == nil else {
            throw Mistake(
                description: "'\(text)' matches the empty text, and therefore everywhere. Require at least one "
                    + "character.")
        }
        return .pattern(pattern, text: text)
    }

    /// The rules as text, for messages and for the first line of the cassette.
    package var words: [String] {
        rules.map { rule in
            switch rule {
            case .header(let name): "header:\(name)"
            case .query(let name): "query:\(name)"
            case .path(let path): path.description
            case .pattern(_, let text): text
            }
        }
    }

    // MARK: Masking

    package func headers(_ headers: HeaderFields) -> HeaderFields {
        HeaderFields(
            headers.fields.map { field in
                let isNamed = rules.contains { rule in
                    if case .header(let name) = rule { name == field.name.lowercased() } else { false }
                }
                guard !isNamed else { return HeaderFields.Field(field.name, Redaction.mark) }
                let value = Redaction.value(field.value, ofHeader: field.name)
                return HeaderFields.Field(field.name, text(value))
            })
    }

    package func target(_ target: String) -> String {
        let masked = Redaction.target(target)
        guard let question = masked.firstIndex(of: "?") else { return text(masked) }
        let names = rules.compactMap { if case .query(let name) = $0 { name } else { nil } }
        let items = masked[masked.index(after: question)...].split(separator: "&", omittingEmptySubsequences: false)
        let query = items.map { item in
            guard let equals = item.firstIndex(of: "="), names.contains(PercentEncoding.decode(item[..<equals])) else {
                return String(item)
            }
            return "\(item[...equals])\(Redaction.mark)"
        }
        return text(masked[...question] + query.joined(separator: "&"))
    }

    func text(_ text: some StringProtocol) -> String {
        let bytes = Array(text.utf8)
        var edits = Edits()
        addPatterns(in: bytes, to: &edits)
        return edits.isEmpty ? String(text) : String(decoding: edits.applied(to: bytes), as: UTF8.self)
    }

    /// Returns the edits that mask a decoded body: a JSON document, an event stream, a form, or any other text.
    /// - Parameter type: the media type.
    func edits(of bytes: [UInt8], type: String? = nil) -> Edits {
        var edits = Redaction.edits(of: bytes, type: type, unpack: ContentCoding.unpacked)
        let paths = rules.compactMap { if case .path(let path) = $0 { path } else { nil } }
        if !paths.isEmpty {
            for document in Self.documents(in: bytes) { add(paths, in: bytes[document], to: &edits) }
        }
        addPatterns(in: bytes, to: &edits)
        return edits
    }

    package func masked(_ bytes: [UInt8], type: String? = nil) -> [UInt8] {
        edits(of: bytes, type: type).applied(to: bytes)
    }

    /// Searches a body for secrets, in the coding that its headers name.
    package func searched(_ body: [UInt8], _ headers: HeaderFields) -> SearchedBody {
        SearchedBody(body, headers) { edits(of: $0, type: $1) }
    }

    /// Returns the headers and the body of a request as they are recorded and compared; nil if the body cannot be searched.
    func request(_ headers: HeaderFields, _ body: [UInt8]) -> (headers: HeaderFields, body: [UInt8])? {
        switch searched(body, headers) {
        case .clean: (self.headers(headers), body)
        case .masked(let body, let isDecoded):
            (self.headers(isDecoded ? headers.decoded(length: body.count) : headers), body)
        case .closed: nil
        }
    }

    /// Masks an exchange for the journal. If a body cannot be searched, it is not changed, and its headers name the coding.
    package func masked(_ exchange: Exchange) -> Exchange {
        var exchange = exchange
        exchange.request.target = target(exchange.request.target)
        let recorded = request(exchange.request.headers, exchange.request.body)
        exchange.request.headers = recorded?.headers ?? headers(exchange.request.headers)
        if let recorded { exchange.request.body = recorded.body }
        return exchange
    }

    /// Returns the whole body if it starts like JSON; otherwise the text after `data:` in each line.
    private static func documents(in bytes: [UInt8]) -> [Range<Int>] {
        let blanks: [UInt8] = [0x20, 0x09, 0x0A, 0x0D]
        if let first = bytes.first(where: { !blanks.contains($0) }), "{[".utf8.contains(first) {
            return [bytes.indices]
        }
        let mark = Array("data:".utf8)
        return bytes.split(separator: 0x0A).filter { $0.starts(with: mark) }.map {
            ($0.startIndex + mark.count)..<$0.endIndex
        }
    }

    private func add(_ paths: [CassettePath], in document: ArraySlice<UInt8>, to edits: inout Edits) {
        for span in JSONSpans.find(in: document) where paths.contains(where: { $0.covers(span.place) }) {
            edits.replace(span.range, with: Array("\"\(Redaction.mark)\"".utf8))
        }
    }

    /// Matches patterns line by line, so that a stream can be masked while it arrives.
    private func addPatterns(in bytes: [UInt8], to edits: inout Edits) {
        for case .pattern(let pattern, _) in rules {
            for line in bytes.split(separator: 0x0A) {
                for range in pattern.ranges(inUTF8: line) { edits.replace(range, with: Array(Redaction.mark.utf8)) }
            }
        }
    }
}
