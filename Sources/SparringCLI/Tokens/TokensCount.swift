import ArgumentParser
import Foundation
import SparringJSON
import SparringTokens

struct TokensCount: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "count",
        abstract: "Count the tokens of a text.",
        usage: "sparring tokens count <file> [OPTIONS]",
        discussion: """
            Counts only the text, without the tokens that the API adds to a prompt. An estimate begins with ~.

              sparring tokens count README.md --model gpt-4
              echo "Hello" | sparring tokens count - --encoding o200k_base
            """)

    @Argument(help: ArgumentHelp("The file; - is standard input.", valueName: "file"), completion: .file())
    var file: String

    @Option(help: "Count the tokens as for this model. The default is gpt-4o.") var model: String?

    @Option(help: "Count with this encoding: \(TokenEncoding.allCases.map(\.rawValue).joined(separator: " or ")).")
    var encoding: String?

    @Option(help: ArgumentHelp("Look for vocabularies in this directory only.", valueName: "dir"))
    var vocabularies: String?

    @Flag(help: "Print one JSON object, with the time that counting took.") var json = false

    func run() async throws {
        let encoding = try wantedEncoding()
        let settings = try Settings(flags: [.vocabularies: vocabularies].compactMapValues { $0 }, defaultPort: 0)
        let text = try text()
        let clock = ContinuousClock()
        let start = clock.now
        let counter = TokenCounter(try Vocabularies(settings).vocabulary(encoding))
        let loaded = clock.now
        let count = counter.count(text)
        let counted = clock.now
        guard json else { return try StandardOutput.print(counter.isExact ? "\(count)" : "~\(count)") }
        let object: JSONValue = [
            "tokens": .number(JSONNumber(count)), "exact": .bool(counter.isExact),
            "encoding": .string(encoding.rawValue), "bytes": .number(JSONNumber(text.utf8.count)),
            "load_ms": Self.milliseconds(loaded - start), "count_ms": Self.milliseconds(counted - loaded),
        ]
        try StandardOutput.print(object.text())
    }

    private func wantedEncoding() throws -> TokenEncoding {
        guard let encoding else { return TokenEncoding(model: model ?? "gpt-4o") }
        guard model == nil else {
            throw CommandError("--model and --encoding exclude each other; use one", .usage)
        }
        guard let wanted = TokenEncoding(rawValue: encoding) else {
            let names = TokenEncoding.allCases.map(\.rawValue).joined(separator: ", ")
            throw CommandError("'\(encoding)' is not one of \(names)", .usage)
        }
        return wanted
    }

    private func text() throws -> String {
        guard file == "-" || FileManager.default.fileExists(atPath: file) else {
            throw CommandError("\(file): no such file; for text of standard input, write -", .badFile)
        }
        let data: Data
        do {
            data =
                file == "-"
                ? try FileHandle.standardInput.readToEnd() ?? Data() : try Data(contentsOf: URL(filePath: file))
        } catch {
            throw CommandError("\(file) cannot be read: \(error.localizedDescription)", .badFile)
        }
        guard let text = String(data: data, encoding: .utf8) else {
            throw CommandError("\(file) is not UTF-8 text", .badFile)
        }
        return text
    }

    private static func milliseconds(_ duration: Duration) -> JSONValue {
        .number(JSONNumber(Double(Int(duration / .microseconds(1))) / 1000))
    }
}
