import Foundation
import SparringTokens
import SparringVocabularies

/// The vocabularies on this machine. With them, token counts are exact; without them, they are estimates.
struct Vocabularies {
    let files: [TokenEncoding: String]

    /// - Throws: `Settings.Mistake` if the named directory has no vocabulary.
    init(
        _ settings: Settings, environment: [String: String] = ProcessInfo.processInfo.environment,
        program: String? = Self.program
    ) throws {
        let named = settings.vocabularies.map { directory in
            VocabularyPlaces.Place(directory: directory, origin: settings.places[.vocabularies] ?? "vocabularies")
        }
        let places = VocabularyPlaces(named: named, environment: environment, program: program)
        files = places.files { FileManager.default.fileExists(atPath: $0) }
        if let named, files.isEmpty {
            throw Settings.Mistake(
                description: "\(named.origin): \(VocabularyProblem.nothingFound(named.directory).description)")
        }
    }

    /// The path of this program, without links.
    private static var program: String? {
        #if os(Linux)
            try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        #else
            Bundle.main.executableURL?.resolvingSymlinksInPath().path
        #endif
    }

    /// Throws an error if a file is not a published vocabulary.
    func check() throws {
        for (encoding, path) in files { try VocabularyFile(encoding, at: path).check() }
    }

    func vocabulary(_ encoding: TokenEncoding) throws(VocabularyProblem) -> Vocabulary? {
        guard let path = files[encoding] else { return nil }
        return try VocabularyFile(encoding, at: path).load()
    }

    /// The token counters. Each vocabulary is read when it is first needed.
    var counters: TokenCounters {
        TokenCounters(exact: Set(files.keys)) { encoding in
            do throws(VocabularyProblem) {
                return try vocabulary(encoding)
            } catch {
                // The check at the server's start found the file valid. Continuing with estimates would break the promise that
                // counts are exact.
                CommandEnd(CommandError("\(error)", .internalError)).exit()
            }
        }
    }

    /// The line about tokens in the banner.
    var line: String {
        let names = TokenEncoding.allCases.filter { files[$0] != nil }.map(\.rawValue)
        guard !names.isEmpty else { return "tokens estimated (exact after: sparring tokens install)" }
        let estimated = TokenEncoding.allCases.filter { files[$0] == nil }.map(\.rawValue)
        return "tokens exact (\(names.joined(separator: ", ")))"
            + (estimated.isEmpty ? "" : ", estimated (\(estimated.joined(separator: ", ")))")
    }
}
