import SparringAPI
package import SparringJSON
import SparringWire

/// Writes and reads a cassette as JSON Lines, without loss: a header, then one line for each exchange.
package enum CassetteLines {
    /// The first line of a cassette: the key of the fingerprints, and the masking rules.
    package static func header(_ cassette: Cassette) -> JSONValue {
        ["tape": 1, "fingerprint_key": .string(cassette.key.hex), "masked_by": .strings(cassette.masked)]
    }

    /// Parses a cassette's header; nil if the line is not a header.
    package static func cassette(header line: JSONValue) -> Cassette? {
        guard line["tape"]?.int == 1, let text = line["fingerprint_key"]?.string, let key = FingerprintKey(hex: text)
        else { return nil }
        return Cassette(key: key, masked: (line["masked_by"]?.array ?? []).compactMap(\.string))
    }

    package static func line(_ exchange: RecordedExchange) -> JSONValue {
        let request = exchange.request
        var line: JSONObject = [
            "session": .string(exchange.session), "number": .int(exchange.number),
            "started_ns": .int(Int(exchange.startedAt)), "method": .string(request.method),
            "target": .string(request.target), "http": .int(request.minorVersion), "headers": fields(request.headers),
            "body": text(request.body), "masked": .bool(request.isMasked),
            "fingerprint": .string(orNull: request.fingerprint?.hex), "answer": exchange.answer.map(answer) ?? .null,
            "ending": .string(exchange.ending.rawValue),
        ]
        if exchange.isSocket { line["messages"] = .array(exchange.messages.map(message)) }
        return .object(line)
    }

    private static func message(_ message: RecordedMessage) -> JSONValue {
        var object: JSONObject = ["ns": .int(Int(message.at)), "from": .string(message.sender.rawValue)]
        switch message.content {
        case .text(let bytes): object["text"] = .string(String(decoding: bytes, as: UTF8.self))
        case .binary(let bytes): object["base64"] = .string(Base64.text(bytes))
        case .close(let code, let reason):
            object["close"] = code.map { .int(Int($0)) } ?? .null
            object["reason"] = .string(reason)
        }
        return .object(object)
    }

    private static func answer(_ answer: RecordedAnswer) -> JSONValue {
        [
            "status": .int(answer.status), "http": .int(answer.minorVersion), "reason": .string(answer.reason),
            "headers": fields(answer.headers), "head_ns": .int(Int(answer.headAt)), "body": text(answer.body),
            "pieces": .array(answer.pieces.map { [.int(Int($0.at)), .int($0.count)] }),
            "end_ns": .int(Int(answer.endAt)), "masked": .bool(answer.isMasked),
        ]
    }

    private static func fields(_ headers: HeaderFields) -> JSONValue {
        .array(headers.fields.map { [.string($0.name), .string($0.value)] })
    }

    /// The bytes as a string, or `{"base64": …}` if the bytes are not UTF-8.
    private static func text(_ bytes: [UInt8]) -> JSONValue {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            return ["base64": .string(Base64.text(bytes))]
        }
        return .string(text)
    }

    /// The reason why a line is not an exchange: a member is missing or invalid.
    package struct Mistake: Error, Sendable, Hashable, CustomStringConvertible {
        package var member: String
        package var description: String { "'\(member)' is missing or invalid" }
    }

    package static func exchange(_ line: JSONValue) throws(Mistake) -> RecordedExchange {
        let exchange = try unchecked(line)
        if let member = exchange.memberOutOfRange { throw Mistake(member: member) }
        return exchange
    }

    private static func unchecked(_ line: JSONValue) throws(Mistake) -> RecordedExchange {
        guard let ending = line["ending"]?.string.flatMap(RecordedEnding.init) else { throw Mistake(member: "ending") }
        let request = RecordedRequest(
            method: try string(line, "method"), target: try string(line, "target"),
            minorVersion: try int(line, "http"), headers: try headers(line), body: try bytes(line),
            fingerprint: line["fingerprint"]?.string.flatMap { CassetteFingerprint(hex: $0) },
            isMasked: line["masked"]?.bool ?? false)
        var exchange = RecordedExchange(
            session: try string(line, "session"), number: try int(line, "number"),
            startedAt: Int64(try int(line, "started_ns")), request: request, ending: ending)
        for message in line["messages"]?.array ?? [] { exchange.messages.append(try self.message(message)) }
        guard let answer = line["answer"], !answer.isNull else { return exchange }
        let body = try bytes(answer)
        var pieces: [RecordedPiece] = []
        for piece in answer["pieces"]?.array ?? [] {
            guard let at = piece[0]?.int, let count = piece[1]?.int else { throw Mistake(member: "pieces") }
            pieces.append(RecordedPiece(at: Int64(at), count: count))
        }
        exchange.answer = RecordedAnswer(
            status: try int(answer, "status"), minorVersion: try int(answer, "http"),
            reason: try string(answer, "reason"), headers: try headers(answer),
            headAt: Int64(try int(answer, "head_ns")), body: body, pieces: pieces,
            endAt: Int64(try int(answer, "end_ns")), isMasked: answer["masked"]?.bool ?? false)
        return exchange
    }

    private static func message(_ line: JSONValue) throws(Mistake) -> RecordedMessage {
        guard let sender = line["from"]?.string.flatMap(RecordedMessage.Sender.init) else {
            throw Mistake(member: "from")
        }
        let content: RecordedMessage.Content
        if let text = line["text"]?.string {
            content = .text(Array(text.utf8))
        } else if let text = line["base64"]?.string, let bytes = Base64.decode(text[...]) {
            content = .binary(bytes)
        } else if let close = line["close"] {
            let code = close.int.flatMap { UInt16(exactly: $0) }
            guard code != nil || close.isNull else { throw Mistake(member: "close") }
            content = .close(code: code, reason: try string(line, "reason"))
        } else {
            throw Mistake(member: "messages")
        }
        return RecordedMessage(at: Int64(try int(line, "ns")), sender: sender, content: content)
    }

    private static func string(_ line: JSONValue, _ name: String) throws(Mistake) -> String {
        guard let value = line[name]?.string else { throw Mistake(member: name) }
        return value
    }

    private static func int(_ line: JSONValue, _ name: String) throws(Mistake) -> Int {
        guard let value = line[name]?.int else { throw Mistake(member: name) }
        return value
    }

    private static func headers(_ line: JSONValue) throws(Mistake) -> HeaderFields {
        var headers = HeaderFields()
        for field in line["headers"]?.array ?? [] {
            guard let name = field[0]?.string, let value = field[1]?.string else { throw Mistake(member: "headers") }
            headers.append(name, value)
        }
        return headers
    }

    private static func bytes(_ line: JSONValue) throws(Mistake) -> [UInt8] {
        if let text = line["body"]?.string { return Array(text.utf8) }
        guard let text = line["body"]?["base64"]?.string, let bytes = Base64.decode(text[...]) else {
            throw Mistake(member: "body")
        }
        return bytes
    }
}
