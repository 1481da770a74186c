import Sparring
import SparringConformance
import SparringScenario

/// Reads the case files of a user, which `--cases` names.
enum OwnCases {
    /// - Parameters:
    ///   - paths: case files, and folders with such files.
    ///   - builtIn: cases whose ids are already in use.
    /// - Returns: the cases, in the order of the paths and the files.
    /// - Throws: all mistakes of all files, each with its place and its fix.
    static func load(_ paths: [String], beside builtIn: [Case]) throws(CommandError) -> [Case] {
        var cases: [Case] = []
        var mistakes: [String] = []
        var files: [String] = []
        for path in paths { files += try Self.files(at: path) }
        for file in files {
            let text = try TextFile.read(file)
            guard CaseLoader.isCaseFile(text) else {
                mistakes.append("\(file):1:1: the file has no cases; add `cases:`, or leave the file out")
                continue
            }
            switch CaseLoader.load(text: text, file: file, errors: MockScenario.catalogue) {
            case .success(let own):
                cases += own.map { subject in
                    var subject = subject
                    subject.file = file
                    return subject
                }
            case .failure(let found): mistakes += found.diagnostics.map(\.description)
            }
        }
        mistakes += collisions(of: cases, beside: builtIn)
        guard mistakes.isEmpty else { throw CommandError(mistakes: mistakes) }
        return cases
    }

    /// Reports ids that are used twice. An id names one case in reports, known failures and on the command line.
    private static func collisions(of cases: [Case], beside builtIn: [Case]) -> [String] {
        let taken = Set(builtIn.map(\.id))
        var first: [String: String] = [:]
        return cases.compactMap { subject in
            let place = "\(subject.file ?? ""):\(subject.line)"
            if subject.theme == BuiltInCases.sanityTheme {
                return
                    "\(place):1: the theme '\(subject.theme)' belongs to the calls before a run; choose another theme"
            }
            if taken.contains(subject.id) {
                return "\(place):1: '\(subject.id)' is the id of a built-in case; choose another id"
            }
            if let other = first[subject.id] {
                return "\(place):1: '\(subject.id)' is also the id of a case in \(other); choose another id"
            }
            first[subject.id] = place
            return nil
        }
    }

    /// The file itself, or all case files in a folder.
    private static func files(at path: String) throws(CommandError) -> [String] {
        let all = try YAMLFiles.at(path)
        guard YAMLFiles.isFolder(path) else { return all }
        var files: [String] = []
        for file in all {
            let text = try TextFile.read(file)
            // The same folder may also contain scenarios and sets.
            if CaseLoader.isCaseFile(text) || !isOfAnotherKind(text) { files.append(file) }
        }
        guard !files.isEmpty else { throw CommandError(mistakes: ["\(path): this folder has no case file"]) }
        return files
    }

    private static func isOfAnotherKind(_ text: String) -> Bool {
        RequirementSet.isSetFile(text) || text.split(whereSeparator: \.isNewline).contains { $0.hasPrefix("scenario:") }
    }
}
