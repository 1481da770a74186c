import SparringExchange
import SparringWire

/// The parts of requests in a form in which equal parts are equal bytes.
extension Expectation.Part {
    func of(_ request: Request) -> [UInt8] {
        switch self {
        case .method: Array(request.method.utf8)
        case .path: Array(request.target.utf8)
        case .body: Self.parts(of: request) ?? request.body
        case .key: Array(Self.credentials(of: request).utf8)
        case .idempotencyKey: Array((request.headers["idempotency-key"] ?? "").utf8)
        }
    }

    /// Whether the part of an attempt is another one than in the first attempt.
    /// - Parameter index: of the attempt, from 0.
    func differs(_ attempt: Exchange, at index: Int, from first: Exchange) -> Bool {
        // A body that went to the store as it came is not here. The engine has counted the equal ones.
        if self == .body, attempt.request.isElsewhere || first.request.isElsewhere {
            return attempt.decision.attempt != first.decision.attempt + index
        }
        return of(attempt.request) != of(first.request)
    }

    /// OpenAI's field, or those of Azure and of gateways.
    private static func credentials(of request: Request) -> String {
        let fields = ["authorization", "api-key", "x-api-key"].compactMap { request.headers[$0] }
        return fields.joined(separator: "\n")
    }

    /// The parts of a form by their names, without the boundary between them: each attempt may draw another boundary, and
    /// the fields of a form have no order. Nil if the body is no complete form.
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
        // Fields of one name keep their order.
        let sorted = parts.enumerated().sorted { ($0.element.name, $0.offset) < ($1.element.name, $1.offset) }
        return sorted.flatMap { Array("\($0.element.bytes.count):".utf8) + $0.element.bytes }
    }
}

extension Request {
    fileprivate var isElsewhere: Bool { body.isEmpty && streamedBytes > 0 }
}
