/// A mistake in the file of a vocabulary.
package struct VocabularyError: Error, Hashable, CustomStringConvertible {
    /// The line, from 1.
    package var line: Int
    package var problem: String

    package init(line: Int, problem: String) {
        self.line = line
        self.problem = problem
    }

    package var description: String { "line \(line): \(problem)" }
}

extension Vocabulary {
    /// Reads the published format: one line for each token, with the token's bytes in base64 (RFC 4648 §4), a space and the token's rank.
    /// Ranks count from 0.
    package convenience init(_ encoding: TokenEncoding, reading file: UnsafeRawBufferPointer) throws(VocabularyError) {
        var reader = VocabularyReader(file)
        while reader.hasMore { try reader.readLine() }
        guard reader.ends.count > 1 else { throw VocabularyError(line: 1, problem: "the file is empty") }
        try self.init(encoding, text: reader.text, ends: reader.ends)
    }
}

/// Parses the file of a vocabulary, line by line.
private struct VocabularyReader {
    private let file: UnsafeRawBufferPointer
    /// The base64 value of each byte (RFC 4648 §4); `none` for bytes that are not base64 digits.
    private let digits: [UInt8]
    private var position = 0
    private(set) var text: [UInt8] = []
    private(set) var ends: [UInt32] = [0]

    init(_ file: UnsafeRawBufferPointer) {
        self.file = file
        var digits = [UInt8](repeating: Self.none, count: 256)
        let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
        for (value, digit) in alphabet.utf8.enumerated() { digits[Int(digit)] = UInt8(value) }
        self.digits = digits
        // In base64, three bytes take four; the rank, the space and the line feed take about eight.
        text.reserveCapacity(file.count * 2 / 5)
        ends.reserveCapacity(file.count / 16)
    }

    private static let none: UInt8 = 64

    var hasMore: Bool { position < file.count }

    private var line: Int { ends.count }

    private func error(_ problem: String) -> VocabularyError { VocabularyError(line: line, problem: problem) }

    mutating func readLine() throws(VocabularyError) {
        try readToken()
        let wanted = ends.count - 1
        guard wanted < Vocabulary.maximumCount else {
            throw error("more than \(Vocabulary.maximumCount) tokens are not supported")
        }
        var rank = 0
        let start = position
        while position < file.count, file[position] &- 0x30 < 10, position - start < 9 {
            rank = rank * 10 + Int(file[position] & 0xF)
            position += 1
        }
        guard position > start, position < file.count, file[position] == 0x0A else {
            throw error("expected a rank and a line feed after the space")
        }
        guard rank == wanted else { throw error("expected rank \(wanted), but found \(rank)") }
        position += 1
        ends.append(UInt32(text.count))
    }

    /// Reads the token and the space after it.
    private mutating func readToken() throws(VocabularyError) {
        let start = position
        var bits: UInt32 = 0
        var count = 0
        while position < file.count {
            let digit = digits[Int(file[position])]
            guard digit != Self.none else { break }
            bits = bits << 6 | UInt32(digit)
            count += 1
            position += 1
            guard count & 3 == 0 else { continue }
            text.append(UInt8(truncatingIfNeeded: bits >> 16))
            text.append(UInt8(truncatingIfNeeded: bits >> 8))
            text.append(UInt8(truncatingIfNeeded: bits))
        }
        var padding = 0
        while position < file.count, file[position] == UInt8(ascii: "=") {
            padding += 1
            position += 1
        }
        switch (count & 3, padding) {
        case (0, 0): break
        case (2, 2): text.append(UInt8(truncatingIfNeeded: bits >> 4))
        case (3, 1):
            text.append(UInt8(truncatingIfNeeded: bits >> 10))
            text.append(UInt8(truncatingIfNeeded: bits >> 2))
        default: throw error("the token is not base64")
        }
        guard position > start, position < file.count, file[position] == 0x20 else {
            throw error("expected a token in base64 and a space")
        }
        position += 1
    }
}
