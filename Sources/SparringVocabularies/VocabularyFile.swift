import Crypto
import Foundation
package import SparringTokens

/// The file of a vocabulary.
package struct VocabularyFile: Sendable, Hashable {
    package var encoding: TokenEncoding
    package var path: String

    package init(_ encoding: TokenEncoding, at path: String) {
        self.encoding = encoding
        self.path = path
    }

    /// Reads the file. Throws an error if the content differs from the published file.
    package func load() throws(VocabularyProblem) -> Vocabulary {
        let data = try checked()
        do {
            return try data.withUnsafeBytes { try Vocabulary(encoding, reading: $0) }
        } catch {
            throw .malformed(path, "\(error)")
        }
    }

    /// Throws an error if the file differs from the published file. Keeps nothing in memory.
    package func check() throws(VocabularyProblem) { _ = try checked() }

    private func checked() throws(VocabularyProblem) -> Data {
        let data: Data
        do {
            // The file is mapped, so it does not stay in memory.
            data = try Data(contentsOf: URL(filePath: path), options: .mappedIfSafe)
        } catch {
            throw .unreadable(path, error.localizedDescription)
        }
        let sum = Checksum.sha256(data)
        guard sum == encoding.file.sha256 else {
            throw .wrongSum(path, encoding, expected: encoding.file.sha256, found: sum)
        }
        return data
    }
}

/// The reason why a vocabulary cannot be used.
package enum VocabularyProblem: Error, Hashable, CustomStringConvertible {
    case unreadable(String, String)
    case wrongSum(String, TokenEncoding, expected: String, found: String)
    case malformed(String, String)
    /// An archive or a directory without a vocabulary.
    case nothingFound(String)
    case unwritable(String, String)

    package var description: String {
        switch self {
        case .unreadable(let path, let reason): "\(path) cannot be read: \(reason)"
        case .wrongSum(let path, let encoding, let expected, let found):
            "\(path) is not the published \(encoding.rawValue): its SHA-256 is \(found), but must be "
                + "\(expected). Remove the file and run `sparring tokens install`"
        case .malformed(let path, let reason): "\(path): \(reason)"
        case .nothingFound(let path):
            "\(path) has no vocabulary: it contains none of "
                + TokenEncoding.allCases.flatMap { VocabularyPlaces.names(of: $0) }.joined(separator: ", ")
        case .unwritable(let path, let reason): "\(path) cannot be written: \(reason)"
        }
    }
}

enum Checksum {
    /// The SHA-256 in lower-case hexadecimal digits.
    static func sha256(_ bytes: some DataProtocol) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(
            decoding: SHA256.hash(data: bytes).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
