import Foundation
import SparringTokens
import SparringVocabularies

/// The vocabularies of this machine, as far as they are found: with them token counts are exact, without them estimates.
struct Vocabularies {
    let files: [TokenEncoding: String]

    /// - Throws: `Settings.Mistake` where a directory was named and has none.
    init(_ settings: Settings, environment: [String: String] = ProcessInfo.processInfo.environment) throws {
        let named = settings.vocabularies.map { directory in
            VocabularyPlaces.Place(directory: directory, origin: settings.places[.vocabularies] ?? "vocabularies")
        }
        let places = VocabularyPlaces(named: named, environment: environment)
        files = places.files { FileManager.default.fileExists(atPath: $0) }
        if let named, files.isEmpty {
            throw Settings.Mistake(
                description: "\(named.origin): \(VocabularyProblem.nothingFound(named.directory).description)")
        }
    }

    /// Refuses what is not a published vocabulary, before anything is counted with it.
    func check() throws {
        for (encoding, path) in files { try VocabularyFile(encoding, at: path).check() }
    }

    func vocabulary(_ encoding: TokenEncoding) throws(VocabularyProblem) -> Vocabulary? {
        guard let path = files[encoding] else { return nil }
        return try VocabularyFile(encoding, at: path).load()
    }

    /// Reads each vocabulary when it is first needed: at rest a server has none in memory.
    var counters: TokenCounters {
        TokenCounters(exact: Set(files.keys)) { encoding in
            do throws(VocabularyProblem) {
                return try vocabulary(encoding)
            } catch {
                // It was right when the server started. To go on with other counts than were promised would be a lie.
                CommandEnd(CommandError("\(error)", .internalError)).exit()
            }
        }
    }

    /// For the line that a server starts with.
    var line: String {
        let names = TokenEncoding.allCases.filter { files[$0] != nil }.map(\.rawValue)
        guard !names.isEmpty else { return "tokens estimated (exact after: sparring tokens install)" }
        let estimated = TokenEncoding.allCases.filter { files[$0] == nil }.map(\.rawValue)
        return "tokens exact (\(names.joined(separator: ", ")))"
            + (estimated.isEmpty ? "" : ", estimated (\(estimated.joined(separator: ", ")))")
    }
}
