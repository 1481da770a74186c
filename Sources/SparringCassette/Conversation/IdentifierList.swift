import SparringExchange
import SparringWire

/// Lists the identifiers in a body: a JSON document, an event stream, lines of JSON, or any text.
enum IdentifierList {
    /// Returns all occurrences of identifiers in their order.
    static func of(_ body: [UInt8]) -> [String] {
        let documents = documents(in: body)
        guard !documents.isEmpty else { return isOpaque(body[...]) ? [] : scanned(body[...]) }
        var found: [String] = []
        for document in documents {
            for span in JSONSpans.find(in: body[document]) where span.isString && span.range.count > 2 {
                let text = body[(span.range.lowerBound + 1)..<(span.range.upperBound - 1)]
                if IdentifierPlace.isOne(span.place), IdentifierPlace.kind(of: text) != nil {
                    found.append(String(decoding: text, as: UTF8.self))
                } else if !isOpaque(text) {
                    found += scanned(text)
                }
            }
        }
        return found
    }

    private static func scanned(_ text: ArraySlice<UInt8>) -> [String] {
        IdentifierScanner.find(in: text).compactMap { item in
            guard case .identifier = item.kind else { return nil }
            return String(decoding: text[item.range], as: UTF8.self)
        }
    }

    /// Whether the text is encoded audio, an image or a vector. In such a text, parts that look like identifiers are only data.
    static func isOpaque(_ text: ArraySlice<UInt8>) -> Bool {
        text.count > 1024 && !text.prefix(256).contains(0x20)
    }

    /// Returns the ranges of the body's JSON documents; empty if the body is not JSON.
    static func documents(in body: [UInt8]) -> [Range<Int>] {
        let mark = Array("data:".utf8)
        let lines = body.split(separator: 0x0A)
        let events = lines.filter { $0.starts(with: mark) }
        if !events.isEmpty { return events.map { ($0.startIndex + mark.count)..<$0.endIndex } }
        guard let first = lines.first?.first, "{[".utf8.contains(first) else { return [] }
        let areLines = lines.count > 1 && lines.allSatisfy { $0.first == UInt8(ascii: "{") }
        return areLines ? lines.map(\.indices) : [body.indices]
    }
}

/// New names for identifiers, and the edits that put them into a body.
struct Renaming: Sendable, Hashable {
    private(set) var names: [String: String]
    private let lengths: Set<Int>

    init(_ names: [String: String] = [:]) {
        self.names = names
        lengths = Set(names.keys.map(\.utf8.count))
    }

    var isEmpty: Bool { names.isEmpty }

    /// Replaces whole words only, never a part of another identifier.
    func edits(of bytes: [UInt8]) -> Edits {
        var edits = Edits()
        guard !isEmpty else { return edits }
        var position = 0
        while position < bytes.count {
            guard let word = IdentifierScanner.word(in: bytes[...], from: &position), lengths.contains(word.count),
                let name = names[String(decoding: bytes[word], as: UTF8.self)]
            else { continue }
            edits.replace(word, with: Array(name.utf8))
        }
        return edits
    }
}

extension RecordedAnswer {
    /// Returns the answer with renamed identifiers; its times and its pieces do not change. If the body's content coding hides an
    /// identifier, the body is decoded.
    func renamed(by renaming: Renaming) -> RecordedAnswer { edited { renaming.edits(of: $0) } }

    /// - Parameter find: returns the edits of a decoded body.
    func edited(_ find: ([UInt8]) -> Edits) -> RecordedAnswer {
        var answer = self
        let plain = plainBody
        let edits = find(plain)
        guard !edits.isEmpty else { return self }
        if plain != body {
            answer.headers["content-encoding"] = nil
            answer.pieces = [RecordedPiece(at: pieces.last?.at ?? headAt, count: plain.count)]
        }
        var end = 0
        let ends = answer.pieces.map { piece in
            end += piece.count
            return end
        }
        var last = 0
        answer.pieces = zip(answer.pieces, edits.moved(ends)).map { piece, end in
            defer { last = end }
            return RecordedPiece(at: piece.at, count: end - last)
        }
        answer.body = edits.applied(to: plain)
        answer.isMasked = true
        return answer
    }
}
