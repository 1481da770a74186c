import SparringJSON
import Testing

@testable import SparringAPI

@Suite("The batch validator")
struct BatchValidatorTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var name: String
        var lines: [String]
        /// Error codes with their lines.
        var errors: [String]
        var testDescription: String { name }
    }

    static func line(
        id: String = "\"a\"", method: String = "POST", url: String = "/v1/embeddings",
        body: String = #"{"model":"text-embedding-3-small","input":"x"}"#
    ) -> String {
        "{\"custom_id\":\(id),\"method\":\"\(method)\",\"url\":\"\(url)\",\"body\":\(body)}"
    }

    static let rows = [
        Row(name: "good lines", lines: [line(), line(id: "\"b\"")], errors: []),
        Row(name: "no line", lines: [], errors: ["empty_file -"]),
        Row(
            name: "lines that are not JSON", lines: [line(), "{", "[]"],
            errors: ["invalid_json_line 2", "invalid_json_line 3"]),
        Row(name: "a byte order mark", lines: ["\u{FEFF}" + line()], errors: ["invalid_json_line 1"]),
        Row(name: "a duplicate id", lines: [line(), line()], errors: ["duplicate_custom_id 2"]),
        Row(name: "an id that is a number", lines: [line(id: "7")], errors: ["invalid_type 1"]),
        Row(name: "no id", lines: [line(id: "null")], errors: ["missing_required_parameter 1"]),
        Row(name: "another method", lines: [line(method: "GET")], errors: ["invalid_method 1"]),
        Row(name: "another endpoint", lines: [line(url: "/v1/responses")], errors: ["invalid_url 1"]),
        Row(name: "a body that is text", lines: [line(body: "\"x\"")], errors: ["invalid_type 1"]),
        Row(name: "no model", lines: [line(body: "{}")], errors: ["missing_required_parameter 1"]),
        Row(
            name: "a model that does not exist", lines: [line(body: #"{"model":"gpt-4o-mni"}"#)],
            errors: ["model_not_found 1"]),
        Row(
            name: "two models", lines: [line(), line(id: "\"b\"", body: #"{"model":"text-embedding-3-large"}"#)],
            errors: ["mismatched_model 2"]),
    ]

    @Test("The batch validator reports the errors of each line with the API's codes", arguments: rows)
    func lines(row: Row) {
        var validator = BatchValidator(endpoint: "/v1/embeddings", models: .builtIn)
        for (index, line) in row.lines.enumerated() { validator.add(Array(line.utf8), number: index + 1) }
        validator.finish()
        #expect(validator.errors.map { "\($0.code) \($0.line.map(String.init) ?? "-")" } == row.errors)
    }

    @Test("A batch accepts at most 50,000 lines and 50,000 embedding inputs")
    func bounds() {
        var validator = BatchValidator(endpoint: "/v1/embeddings", models: .builtIn)
        for number in 1...BatchValidator.mostLines {
            validator.add(Array(Self.line(id: "\"\(number)\"").utf8), number: number)
        }
        var tooLong = validator
        validator.finish()
        #expect(validator.errors.isEmpty)
        tooLong.add(Array(Self.line(id: "\"x\"").utf8), number: 50_001)
        #expect(tooLong.isDone)
        tooLong.finish()
        #expect(tooLong.errors.map(\.code) == ["too_many_tasks"])
        var wide = BatchValidator(endpoint: "/v1/embeddings", models: .builtIn)
        for number in 1...2 {
            let inputs = Array(repeating: "\"x\"", count: 25_001).joined(separator: ",")
            let body = #"{"model":"text-embedding-3-small","input":[\#(inputs)]}"#
            wide.add(Array(Self.line(id: "\"\(number)\"", body: body).utf8), number: number)
        }
        wide.finish()
        #expect(wide.errors.map(\.code) == ["too_many_tasks"])
    }
}
