import ArgumentParser
import Foundation
import Sparring
import SparringAPI
import SparringScenario

/// Loads the scenarios that are named on the command line: built-in names and paths.
enum ScenarioFiles {
    /// Merges the named scenarios into one: their rules are joined in order, and the first match answers. Without
    /// names, loads `auto`.
    static func load(_ names: [String]) throws -> MockScenario {
        guard let first = names.first else { return .auto }
        guard names.count > 1 else { return try scenario(first) }
        return try MockScenario(merging: names.map(scenario))
    }

    /// The YAML of one scenario.
    static func text(of name: String) throws -> String {
        _ = try scenario(name)
        if let text = BuiltIn.text(of: name), !FileManager.default.fileExists(atPath: name) { return text }
        return try String(contentsOfFile: name, encoding: .utf8)
    }

    /// An existing file overrides a built-in scenario of the same name.
    static func scenario(_ name: String) throws -> MockScenario {
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: name, isDirectory: &isFolder), !isFolder.boolValue {
            return MockScenario(yaml: try TextFile.read(name), file: name)
        }
        if BuiltIn.names.contains(name) { return MockScenario(named: name) }
        throw unknown(name)
    }

    static func prices(_ file: String) throws -> PriceTable { try read(file, PriceFile.read) }

    static func document(_ file: String) throws -> OpenAPIDocument { try read(file, OpenAPIFile.read) }

    private static func read<Value>(
        _ file: String, _ read: (String, String) -> Result<Value, SparringScenario.Mistakes>
    ) throws -> Value {
        switch read(try TextFile.read(file), file) {
        case .success(let value): return value
        case .failure(let mistakes): throw CommandError(mistakes: mistakes.diagnostics.map(\.description))
        }
    }

    static func unknown(_ name: String) -> CommandError {
        let near = Nearest.name(to: name, among: BuiltIn.names).map { " Did you mean '\($0)'?" } ?? ""
        return CommandError(
            "no file and no built-in scenario is named '\(name)'.\(near) `sparring scenarios` lists them.", .usage)
    }
}
