import SparringExchange
import SparringJSON
import SparringScenario
import SparringWire

/// Grades the answers that the client received.
extension GatewayGrading {
    static func status(_ wanted: [Int], _ level: Level, _ seen: GatewayObservation) -> CheckFinding {
        let words = wanted.map(String.init).joined(separator: " or ")
        return each(level, seen, expected: "status \(words)") { call in
            guard let answer = call.answer else { return "no answer" }
            if let status = answer.status, wanted.contains(status) { return nil }
            return answer.words + errorWords(call)
        }
    }

    /// The start of the error's message, for people.
    static func errorWords(_ call: GatewayObservation.Call) -> String {
        call.read?.error?["message"]?.string.map { ", “\($0.prefix(120))”" } ?? ""
    }

    /// The upstreams repeat the prompt, and each prompt has a different token.
    static func text(_ level: Level, _ seen: GatewayObservation) -> CheckFinding {
        let tokens = Set(seen.calls.map(\.token))
        return each(level, seen, expected: "the prompt of the call, which the upstream repeats") { call in
            let text = call.read?.text ?? ""
            if text == call.call.text(token: call.token) { return nil }
            if let other = tokens.first(where: { $0 != call.token && text.contains($0) }) {
                return "it got the answer of another call, \(other)"
            }
            let length = call.call.text(token: call.token).utf8.count
            return text.isEmpty
                ? "no text: \(call.answer?.words ?? "no answer")\(errorWords(call))"
                : "\(text.utf8.count) of \(length) bytes: “…\(text.suffix(60))”"
        }
    }

    static func header(_ name: String, is value: String?, _ level: Level, _ seen: GatewayObservation) -> CheckFinding {
        each(level, seen, expected: value.map { "\(name): \($0)" } ?? "the header \(name)") { call in
            guard let found = call.answer?.head?.headers[name] else { return "no header \(name)" }
            return value == nil || value == found ? nil : "\(name): \(found)"
        }
    }

    /// A gateway may use its own ids, so the upstream's id may be in any field.
    static func requestID(_ level: Level, _ seen: GatewayObservation) -> CheckFinding {
        each(level, seen, expected: "the upstream's x-request-id in some field of the head") { call in
            let ids = seen.exchanges(of: call).compactMap(\.decision.requestID)
            guard let id = ids.last else { return "no request reached an upstream" }
            let fields = call.answer?.head?.headers.fields ?? []
            return fields.contains { $0.value.contains(id) } ? nil : "no field contains \(id)"
        }
    }

    static func error(_ member: String, contains text: String, _ level: Level, _ seen: GatewayObservation)
        -> CheckFinding
    {
        each(level, seen, expected: "error.\(member) contains “\(text)”") { call in
            guard let error = call.read?.error else { return "no error object in the answer" }
            let found = error[member].map { $0.string ?? $0.text() } ?? "missing"
            return found.contains(text) ? nil : "error.\(member): \(found.prefix(160))"
        }
    }

    static func wholeStream(_ level: Level, _ seen: GatewayObservation) -> CheckFinding {
        each(level, seen, expected: "a complete stream with a finish_reason, then [DONE]") { call in
            guard let answer = call.answer, let read = call.read else { return "no answer" }
            guard answer.isEventStream else { return "not an event stream: \(answer.words)" }
            if let error = read.error { return "an error event: \(error.text().prefix(120))" }
            guard answer.ending == .complete else { return answer.ending.words }
            guard read.finishReason != nil else { return "no finish_reason" }
            return read.isDone ? nil : "no [DONE]"
        }
    }

    /// A gateway may also complete the stream from another upstream. In that case, the client has received the whole text.
    static func brokenStream(_ level: Level, _ seen: GatewayObservation) -> CheckFinding {
        each(level, seen, expected: "an error, a broken connection or a missing end") { call in
            guard let answer = call.answer, let read = call.read, read.looksComplete(answer) else { return nil }
            if read.text == call.call.text(token: call.token) { return nil }
            return "a complete answer with \(read.text.utf8.count) bytes of the text, the rest of which is lost"
        }
    }

    static func contains(_ text: String, _ level: Level, _ seen: GatewayObservation) -> CheckFinding {
        each(level, seen, expected: "“\(text)” in the answer") { call in
            let bytes = String(decoding: call.answer?.bytes ?? [], as: UTF8.self)
            return bytes.contains(text) ? nil : "it is missing: \(call.answer?.words ?? "no answer")"
        }
    }

    static func hides(_ secrets: [String], named what: String, _ level: Level, _ seen: GatewayObservation)
        -> CheckFinding
    {
        each(level, seen, expected: "no \(what) in any answer") { call in
            for answer in call.answers {
                let head = (answer.head?.headers.fields ?? []).map { "\($0.name): \($0.value)" }
                let text = head.joined(separator: "\n") + "\n" + String(decoding: answer.bytes, as: UTF8.self)
                for secret in secrets where text.contains(secret) {
                    let place = head.contains { $0.contains(secret) } ? "head" : "body"
                    return "the \(place) of the answer has “…\(secret.suffix(8))”"
                }
            }
            return nil
        }
    }

    static func distinct(_ level: Level, _ seen: GatewayObservation) -> CheckFinding {
        var places: [String: Int] = [:]
        return each(level, seen, expected: "a different text for each call") { call in
            guard let text = call.read?.text, !text.isEmpty else {
                return "no text: \(call.answer?.words ?? "no answer")"
            }
            let earlier = places[text]
            places[text] = places[text] ?? places.count + 1
            return earlier.map { "it got the text of call \($0)" }
        }
    }
}
