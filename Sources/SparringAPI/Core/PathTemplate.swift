import SparringWire

/// A path with parameters, as the API reference writes it: `/v1/files/{file_id}`.
struct PathTemplate: Sendable {
    private let segments: [Segment]

    private enum Segment: Sendable, Hashable {
        case literal(Substring)
        case parameter(String)
    }

    init(_ path: String) {
        segments = path.split(separator: "/").map {
            $0.hasPrefix("{") ? .parameter(String($0.dropFirst().dropLast())) : .literal($0)
        }
    }

    /// The number of segments.
    var count: Int { segments.count }

    var parameterCount: Int { segments.count { if case .parameter = $0 { true } else { false } } }

    /// The parameter at the end of the path, if any.
    var lastParameter: String? { if case .parameter(let name) = segments.last { name } else { nil } }

    func matches(_ path: [Substring]) -> Bool {
        path.count == segments.count
            && zip(segments, path).allSatisfy { segment, text in
                if case .literal(let literal) = segment { literal == text } else { true }
            }
    }

    func parameters(of path: [Substring]) -> [String: String] {
        var parameters: [String: String] = [:]
        for case (.parameter(let name), let text) in zip(segments, path) {
            // NUL is replaced, because SQLite ends a text there and no id contains one.
            parameters[name] = PercentEncoding.decode(text).replacing("\0", with: "\u{FFFD}")
        }
        return parameters
    }
}
