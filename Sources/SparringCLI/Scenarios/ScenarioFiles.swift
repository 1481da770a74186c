import ArgumentParser
import Foundation
import Sparring
import SparringAPI
import SparringScenario

/// Scenarios as they are named on the command line: built-in names and paths.
enum ScenarioFiles {
    /// All of them as one scenario: their rules in order, first match answers. None: `auto`.
    static func load(_ names: [String]) throws -> MockScenario {
        guard let first = names.first else { return .auto }
        guard names.count > 1 else { return try scenario(first) }
        return try MockScenario(merging: names.map(scenario))
    }

    /// The source of one scenario.
    static func text(of name: String) throws -> String {
        _ = try scenario(name)
        if let text = BuiltIn.text(of: name), !FileManager.default.fileExists(atPath: name) { return text }
        return try String(contentsOfFile: name, encoding: .utf8)
    }

    /// A path wins where such a file exists; otherwise the name of a built-in.
    static func scenario(_ name: String) throws -> MockScenario {
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: name, isDirectory: &isFolder), !isFolder.boolValue {
            guard let text = try? String(contentsOfFile: name, encoding: .utf8) else {
                throw CommandError(mistakes: ["\(name):1:1: the file cannot be read as UTF-8 text"])
            }
            return MockScenario(yaml: text, file: name)
        }
        if BuiltIn.names.contains(name) { return MockScenario(named: name) }
        throw unknown(name)
    }

    static func prices(_ file: String) throws -> PriceTable { try read(file, PriceFile.read) }

    static func document(_ file: String) throws -> OpenAPIDocument { try read(file, OpenAPIFile.read) }

    private static func read<Value>(
        _ file: String, _ read: (String, String) -> Result<Value, SparringScenario.Mistakes>
    ) throws -> Value {
        guard let text = try? String(contentsOfFile: file, encoding: .utf8) else {
            throw CommandError(mistakes: ["\(file):1:1: the file cannot be read as UTF-8 text"])
        }
        switch read(text, file) {
        case .success(let value): return value
        case .failure(let mistakes): throw CommandError(mistakes: mistakes.diagnostics.map(\.description))
        }
    }

    static func unknown(_ name: String) -> CommandError {
        let near = Nearest.name(to: name, among: BuiltIn.names).map { " Did you mean \($0)?" } ?? ""
        return CommandError(
            "there is no file and no built-in scenario '\(name)'.\(near) `sparring scenarios` lists them.", .usage)
    }
}
