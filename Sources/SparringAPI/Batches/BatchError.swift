package import SparringJSON

/// The reason why a batch fails: an entry of `errors`.
package struct BatchError: Error, Sendable, Hashable {
    package var code: String
    package var message: String
    package var param: String?
    /// The number of the line, from 1; nil if the error is about the whole file.
    package var line: Int?

    package init(code: String, message: String, param: String? = nil, line: Int? = nil) {
        self.code = code
        self.message = message
        self.param = param
        self.line = line
    }

    package var json: JSONValue {
        [
            "code": .string(code), "message": .string(message), "param": .string(orNull: param),
            "line": line.map { .int($0) } ?? .null,
        ]
    }

    init(_ json: JSONValue) {
        self.init(
            code: json["code"]?.string ?? "", message: json["message"]?.string ?? "", param: json["param"]?.string,
            line: json["line"]?.int)
    }
}
