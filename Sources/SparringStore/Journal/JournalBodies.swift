import SparringCassette
import SparringExchange
import SparringWire

/// The bodies of an exchange in the form in which the journal stores them. Secrets are masked in any coding and
/// framing.
///
/// A body without a secret is stored byte for byte. If a content coding hides a secret, the body is stored without
/// coding and framing. A body that cannot be searched is not stored.
struct JournalBodies {
    private(set) var request: [UInt8]
    /// The status line and the fields, including the empty line.
    let head: ArraySlice<UInt8>
    private(set) var answer: ArraySlice<UInt8>
    /// Whether a body is missing because the body could not be searched.
    private(set) var isWithheld = false

    init(_ item: JournalQueue.Item) {
        request = item.exchange.request.body
        head = Self.head(of: item.answer)
        answer = item.answer[Redaction.headLength(ofAnswer: item.answer)...]
        searchRequest(item.exchange.request.headers)
        searchAnswer(AnswerHead(item.answer[..<answer.startIndex]))
    }

    static func head(of answer: [UInt8]) -> ArraySlice<UInt8> {
        Redaction.answer(Array(answer[..<Redaction.headLength(ofAnswer: answer)])).bytes[...]
    }

    private mutating func searchRequest(_ headers: HeaderFields) {
        switch SearchedBody(request, headers, edits: Self.edits) {
        case .clean: break
        case .masked(let body, _): request = body
        case .closed: (request, isWithheld) = ([], true)
        }
    }

    private mutating func searchAnswer(_ head: AnswerHead) {
        let framed = Array(answer)
        let chunks = head.isChunked ? ChunkedBody(framed) : nil
        let payload = chunks?.payload ?? framed
        guard head.codings.isEmpty, !Packing.isPacked(payload) else { return searchCoded(payload, head) }
        let found = Self.edits(payload, head.type)
        guard !found.isEmpty || chunks?.isWhole == false else { return }
        var edits = chunks.map { chunks in found.mapped(chunks.place) } ?? found
        // A fault may have broken the framing, so the bytes after the break are not payload.
        if chunks?.isWhole == false { edits.add(Self.edits(framed, head.type)) }
        if !edits.isEmpty { answer = edits.applied(to: framed)[...] }
    }

    private mutating func searchCoded(_ payload: [UInt8], _ head: AnswerHead) {
        var headers = HeaderFields(head.codings.map { HeaderFields.Field("content-encoding", $0) })
        headers["content-type"] = head.type
        switch SearchedBody(payload, headers, edits: Self.edits) {
        case .clean: break
        case .masked(let body, _): answer = body[...]
        case .closed where Self.isText(payload):
            // A fault ordered that the body only claims to be coded.
            answer = Redaction.bytes(Array(answer), type: head.type)[...]
        case .closed: (answer, isWithheld) = ([], true)
        }
    }

    private static func isText(_ bytes: [UInt8]) -> Bool { String(validating: bytes, as: UTF8.self) != nil }

    private static func edits(_ bytes: [UInt8], _ type: String?) -> Edits {
        Redaction.edits(of: bytes, type: type, unpack: ContentCoding.unpacked)
    }
}

/// The header fields of an answer that describe its body.
private struct AnswerHead {
    var codings: [String] = []
    var type: String?
    var isChunked = false

    init(_ head: ArraySlice<UInt8>) {
        // Checking the first letter first avoids copying most lines.
        for line in head.split(separator: 0x0A)
        where line.first.map({ $0 | 0x20 == 0x63 || $0 | 0x20 == 0x74 }) ?? false {
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { continue }
            let value = String(decoding: line[(colon + 1)...].filter { $0 != 0x0D && $0 != 0x20 }, as: UTF8.self)
            switch String(decoding: line[..<colon], as: UTF8.self).lowercased() {
            case "content-encoding": codings += ContentCoding.list(["content-encoding": value])
            case "content-type": type = value
            case "transfer-encoding": isChunked = isChunked || value.lowercased().hasSuffix("chunked")
            default: break
            }
        }
    }
}
