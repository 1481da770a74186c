import SparringAPI
import SparringConformance
import SparringEngine
import SparringJSON
import SparringScenario
import SparringWire

/// Tests files from users and from untrusted sources: each gives a value, or mistakes with places inside the text.
extension FuzzTarget {
    static let scenario = FuzzTarget("scenario") { bytes in
        let text = String(decoding: bytes, as: UTF8.self)
        return finding(ScenarioLoader.load(text: text, file: "a.yaml", origin: .sent, errors: .api), in: text)
    }

    static let cases = FuzzTarget("cases") { bytes in
        let text = String(decoding: bytes, as: UTF8.self)
        return finding(CaseLoader.load(text: text, file: "a.yaml", errors: .api), in: text)
    }

    static let openAPI = FuzzTarget("openapi") { bytes in
        let text = String(decoding: bytes, as: UTF8.self)
        guard case .success(let document) = OpenAPIFile.read(text, file: "a.yaml") else { return nil }
        for operation in document.operations {
            let check = OperationCheck(operation, in: document)
            try? check.check(
                query: QueryItems(target: "/?limit=1&after=a"), body: ["name": "a", "items": [1]], hasBody: true,
                isForm: false)
            if let answer = document.description(of: operation).answer { _ = document.example(of: answer) }
        }
        return nil
    }

    static let settings = FuzzTarget("settings") { bytes in
        let text = String(decoding: bytes, as: UTF8.self)
        let (_, mistakes) = SettingsFile.read(text, file: "a.yaml", keys: ["port", "chaos", "log"])
        return misplaced(mistakes, in: text)
    }

    /// A fault in a header field, a path or an option.
    static let faultLine = FuzzTarget("fault-line") { bytes in
        let text = String(decoding: bytes, as: UTF8.self)
        _ = ScenarioLoader.answerFaults(in: text, errors: .api)
        _ = ScenarioLoader.serverFaults(in: text, errors: .api)
        return nil
    }

    private static func finding<Value>(_ result: Result<Value, Mistakes>, in text: String) -> String? {
        guard case .failure(let mistakes) = result else { return nil }
        return mistakes.diagnostics.isEmpty ? "rejected without a mistake" : misplaced(mistakes.diagnostics, in: text)
    }

    private static func misplaced(_ mistakes: [Diagnostic], in text: String) -> String? {
        // Every kind of line end counts once; libyaml also knows U+0085, U+2028 and U+2029.
        let lines = text.unicodeScalars.count { "\n\r\u{85}\u{2028}\u{2029}".unicodeScalars.contains($0) } + 2
        return mistakes.first { $0.line < 1 || $0.line > lines || $0.message.isEmpty }.map { "misplaced: \($0)" }
    }
}
