import Foundation
import Sparring
import SparringScenario

/// `serve --watch`: the scenario files of a server, and their changes since the last check.
struct ScenarioWatch {
    private let names: [String]
    private let settings: Settings
    /// The text of each file at the last check; nil for a file that could not be read.
    private var texts: [String: String?]

    /// - Parameter names: the names on the command line. Built-in scenarios are left out, because they do not change.
    init(_ names: [String], settings: Settings) {
        self.names = names
        self.settings = settings
        let files = names.filter { FileManager.default.fileExists(atPath: $0) }
        texts = Dictionary(files.map { ($0, Self.read($0)) }) { first, _ in first }
    }

    /// Whether there is a file to watch.
    var isEmpty: Bool { texts.isEmpty }

    var files: [String] { texts.keys.sorted() }

    enum Change {
        /// The new scenario, and the changes in the files: `mine.yaml: rule 2 changed`.
        case reloaded(SparringScenario.Scenario, [String])
        /// The mistakes of the new files.
        case rejected([String])
    }

    /// Checks the files. Nil if nothing has changed since the last check.
    mutating func look() -> Change? {
        let changed = files.compactMap { file -> (file: String, old: String?, new: String?)? in
            let (old, new) = (texts[file] ?? nil, Self.read(file))
            guard old != new else { return nil }
            texts[file] = .some(new)
            return (file, old, new)
        }
        guard !changed.isEmpty else { return nil }
        do {
            let scenario = try settings.resolve(ScenarioFiles.load(names))
            let words = changed.map { change in
                let changes = ScenarioChanges.between(change.old ?? "", change.new ?? "")
                return "\(change.file): "
                    + (changes.isEmpty ? "only comments changed" : changes.joined(separator: ", "))
            }
            return .reloaded(scenario, words)
        } catch let error as MockScenarioError {
            return .rejected(error.mistakes)
        } catch {
            return .rejected([CommandError(error)?.text ?? "\(error)"])
        }
    }

    private static func read(_ file: String) -> String? { try? TextFile.read(file) }
}
