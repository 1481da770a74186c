import SparringExchange
import SparringJSON
import SparringScenario
import SparringWire

/// The bytes of a part of a request, in a form in which equal parts have equal bytes.
extension Expectation.Part {
    func of(_ request: Request) -> [UInt8] {
        switch self {
        case .method: Array(request.method.utf8)
        case .path: Array(request.target.utf8)
        case .body: Self.parts(of: request) ?? Self.document(of: request) ?? request.body
        case .key: Array(Self.credentials(of: request).utf8)
        case .idempotencyKey: Array((request.headers["idempotency-key"] ?? "").utf8)
        }
    }

    /// Whether the part differs between this attempt and the first one.
    /// - Parameter index: the index of the attempt, from 0.
    func differs(_ attempt: Exchange, at index: Int, from first: Exchange) -> Bool {
        // A body that was streamed to the store is not in memory. For such a body, the engine's count of equal requests decides.
        if self == .body, attempt.request.isElsewhere || first.request.isElsewhere {
            return attempt.decision.attempt != first.decision.attempt + index
        }
        return of(attempt.request) != of(first.request)
    }

    /// The values of the fields that can contain a key: the fields of OpenAI, Azure and gateways.
    private static func credentials(of request: Request) -> String {
        let fields = ["authorization", "api-key", "x-api-key"].compactMap { request.headers[$0] }
        return fields.joined(separator: "\n")
    }

    /// A JSON body with sorted members and without white space. The members of an object have no order, and a client
    /// may write each attempt anew. Nil if the body is not JSON.
    private static func document(of request: Request) -> [UInt8]? {
        guard request.headers["content-type"].map({ HeaderParameters($0).value.hasSuffix("json") }) ?? true,
            let value = try? JSONValue.parse(request.body)
        else { return nil }
        return Array(sorted(value).text().utf8)
    }

    private static func sorted(_ value: JSONValue) -> JSONValue {
        switch value {
        case .object(let object):
            let members = object.members.sorted { $0.name < $1.name }
            return .object(JSONObject(members.map { JSONObject.Member($0.name, sorted($0.value)) }))
        case .array(let items): return .array(items.map(sorted))
        case .null, .bool, .number, .string: return value
        }
    }

    /// The parts of a form, sorted by name and without the boundary. The fields of a form have no order, and each
    /// attempt may have another boundary. Nil if the body is not a complete form.
    private static func parts(of request: Request) -> [UInt8]? {
        let parameters = request.headers["content-type"].map { HeaderParameters($0) }
        guard let parameters, parameters.value == "multipart/form-data", let boundary = parameters["boundary"] else {
            return nil
        }
        var parser = MultipartParser(boundary: boundary)
        var parts: [(name: String, bytes: [UInt8])] = []
        do {
            try request.body.withUnsafeBytes { bytes in
                try parser.feed(bytes) { token in
                    switch token {
                    case .part(let head):
                        let words = [head.name, head.filename ?? "", head.contentType ?? ""]
                        parts.append((head.name, Array(words.joined(separator: "\n").utf8) + [0x0A]))
                    case .data(let bytes): parts[parts.count - 1].bytes += bytes
                    case .partEnd: parts[parts.count - 1].bytes += [0x0D, 0x0A]
                    }
                }
            }
        } catch {
            return nil
        }
        guard parser.isComplete else { return nil }
        // Fields of the same name keep their order.
        let sorted = parts.enumerated().sorted { ($0.element.name, $0.offset) < ($1.element.name, $1.offset) }
        return sorted.flatMap { Array("\($0.element.bytes.count):".utf8) + $0.element.bytes }
    }
}

extension Request {
    fileprivate var isElsewhere: Bool { body.isEmpty && streamedBytes > 0 }
}
