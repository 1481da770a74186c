import Foundation
import SparringTokens

/// Installs vocabularies into a directory: from a Python wheel that contains them, from tiktoken's cache, or from a published file.
package struct VocabularyInstaller: Sendable {
    /// The PyPI package that contains both vocabularies (MIT license, 12 MB).
    package static let package = "llama-index-core==0.14.25"

    private let directory: String

    package init(into directory: String) { self.directory = directory }

    /// - Parameter source: a wheel or another ZIP archive, a directory, or the file of a vocabulary.
    /// - Returns: the installed files.
    package func install(from source: String) throws(VocabularyProblem) -> [VocabularyFile] {
        var found: [TokenEncoding: [UInt8]] = [:]
        var isDirectory: ObjCBool = false
        if FileManager.default.fileExists(atPath: source, isDirectory: &isDirectory), isDirectory.boolValue {
            let place = VocabularyPlaces.Place(directory: source, origin: "--from")
            let files = VocabularyPlaces(named: place, environment: [:]).files {
                FileManager.default.fileExists(atPath: $0)
            }
            for (encoding, path) in files { found[encoding] = try Self.read(path) }
        } else {
            found = try Self.vocabularies(in: try Self.read(source), named: source)
        }
        guard !found.isEmpty else { throw .nothingFound(source) }
        var installed: [VocabularyFile] = []
        for encoding in TokenEncoding.allCases {
            guard let bytes = found[encoding] else { continue }
            let sum = Checksum.sha256(bytes)
            guard sum == encoding.file.sha256 else {
                throw .wrongSum(source, encoding, expected: encoding.file.sha256, found: sum)
            }
            installed.append(try write(bytes, encoding))
        }
        return installed
    }

    /// The vocabularies in a file: the vocabularies of an archive, found by name, or the file itself.
    private static func vocabularies(
        in bytes: [UInt8], named path: String
    ) throws(VocabularyProblem) -> [TokenEncoding: [UInt8]] {
        guard bytes.starts(with: [0x50, 0x4B]) else {
            let sum = Checksum.sha256(bytes)
            return TokenEncoding.allCases.first { $0.file.sha256 == sum }.map { [$0: bytes] } ?? [:]
        }
        do throws(Archive.Mistake) {
            let archive = try Archive(bytes)
            var found: [TokenEncoding: [UInt8]] = [:]
            for encoding in TokenEncoding.allCases {
                let names = VocabularyPlaces.names(of: encoding)
                let entry = archive.entries.first { entry in
                    names.contains { entry.name == $0 || entry.name.hasSuffix("/\($0)") }
                }
                if let entry { found[encoding] = try archive.contents(of: entry) }
            }
            return found
        } catch {
            throw .malformed(path, error.what)
        }
    }

    private static func read(_ path: String) throws(VocabularyProblem) -> [UInt8] {
        do {
            return [UInt8](try Data(contentsOf: URL(filePath: path)))
        } catch {
            throw .unreadable(path, error.localizedDescription)
        }
    }

    /// Writes the file under tiktoken's name, so that the directory also works as tiktoken's cache.
    private func write(_ bytes: [UInt8], _ encoding: TokenEncoding) throws(VocabularyProblem) -> VocabularyFile {
        let file = VocabularyFile(encoding, at: "\(directory)/\(encoding.file.cacheName)")
        do {
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
            try Data(bytes).write(to: URL(filePath: file.path), options: .atomic)
        } catch {
            throw .unwritable(file.path, error.localizedDescription)
        }
        return file
    }
}
