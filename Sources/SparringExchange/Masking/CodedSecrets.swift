/// Finds secrets inside base64 in a text: files and pictures in a JSON body, a document that a tool has encoded.
///
/// Base64 that contains a secret is encoded again with the secret masked, so that it can still be decoded.
struct CodedSecrets {
    /// Decompresses bytes; returns nil if the bytes are not compressed. A module above provides the decompressor.
    typealias Unpack = ([UInt8]) -> [UInt8]?

    private let bytes: UnsafeBufferPointer<UInt8>
    /// The number of encodings that are around this text.
    private let depth: Int
    private let unpack: Unpack?

    init(_ bytes: UnsafeBufferPointer<UInt8>, depth: Int, unpack: Unpack?) {
        self.bytes = bytes
        self.depth = depth
        self.unpack = unpack
    }

    /// Up to three layers of base64 are decoded.
    private static let deepest = 3
    /// The number of letters of the shortest secret.
    private static let shortest = 24
    /// The search inspects positions at this distance. Each run is long enough to cover at least one of the inspected positions.
    private static let stride = 8
    /// The shortest line of base64 (RFC 2045 §6.8 has 76 characters, PEM 64). A shorter line is treated as a word.
    private static let shortestLine = 60

    func addEdits(to edits: inout Edits) {
        guard depth < Self.deepest, bytes.count >= Self.shortest else { return }
        var (position, floor) = (Self.stride - 1, 0)
        while position < bytes.count {
            guard Base64Letters.isLetter(bytes[position]) else {
                position += Self.stride
                continue
            }
            var start = position
            while start > floor, Base64Letters.isLetter(bytes[start - 1]) { start -= 1 }
            let run = run(from: afterEscape(start))
            if run.count >= Self.shortest, let replacement = replacement(of: run) {
                edits.replace(run.range, with: replacement)
            }
            floor = run.range.upperBound
            position = max(position, floor) + Self.stride
        }
    }

    /// Skips the letters at the end of the escapes `\n` and `\u000a`, which do not belong to the run of base64.
    private func afterEscape(_ start: Int) -> Int {
        guard start > 0, bytes[start - 1] == UInt8(ascii: "\\") else { return start }
        return min(bytes.count, start + (bytes[start] == UInt8(ascii: "u") ? 5 : 1))
    }

    // MARK: Runs

    private struct Run {
        /// Includes the padding.
        var range: Range<Int>
        /// The number of base64 letters in the run.
        var count: Int
        /// The letters without the line breaks and escapes between them; nil if the range has only letters and padding.
        var letters: [UInt8]?
    }

    private func run(from start: Int) -> Run {
        var (position, line, count) = (start, 0, 0)
        var letters: [UInt8]?
        while position < bytes.count {
            if Base64Letters.isLetter(bytes[position]) {
                letters?.append(bytes[position])
                (position, line, count) = (position + 1, line + 1, count + 1)
            } else if let next = afterBreak(position, line), next.position < bytes.count,
                Base64Letters.isLetter(bytes[next.position])
            {
                letters = letters ?? Array(bytes[start..<position])
                if next.isSlash {
                    letters?.append(UInt8(ascii: "/"))
                    count += 1
                } else {
                    line = 0
                }
                position = next.position
            } else {
                break
            }
        }
        while position < bytes.count, bytes[position] == UInt8(ascii: "=") { position += 1 }
        return Run(range: start..<max(start, position), count: count, letters: letters)
    }

    /// The position after an end of line, plain or escaped, or after `\/`.
    private func afterBreak(_ start: Int, _ line: Int) -> (position: Int, isSlash: Bool)? {
        var position = start
        while position < bytes.count {
            let isEscape = bytes[position] == UInt8(ascii: "\\") && position + 1 < bytes.count
            if bytes[position] == 0x0A || bytes[position] == 0x0D {
                position += 1
            } else if isEscape, bytes[position + 1] == UInt8(ascii: "/"), position == start {
                return (position + 2, true)
            } else if isEscape, "nr".utf8.contains(bytes[position + 1]) {
                position += 2
            } else {
                break
            }
        }
        return position > start && line >= Self.shortestLine ? (position, false) : nil
    }

    // MARK: The content of a run

    /// The run with its secret masked; nil if the run has no secret.
    private func replacement(of run: Run) -> [UInt8]? {
        let slice = bytes[run.range].prefix { $0 != UInt8(ascii: "=") }
        let head = Base64Letters.decoded((run.letters?[...] ?? ArraySlice(slice.prefix(64))).prefix(64)) ?? []
        let isPacked = unpack != nil && Packing.isPacked(head)
        guard isPacked || Base64Letters.isText(head) || mayHoldKey(run) else { return nil }
        let letters = run.letters ?? Array(slice)
        let isURLSafe = letters.contains { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }
        if isPacked, let decoded = Base64Letters.decoded(letters), let plain = unpack?(decoded) {
            guard !Redaction.edits(of: plain, depth: depth + 1, unpack: unpack).isEmpty else { return nil }
            return Base64Letters.encoded(Array(Redaction.mark.utf8), isURLSafe: isURLSafe)
        }
        // Words before the base64 shift its groups, so all four shifts are tried.
        for shift in 0..<4 {
            guard let decoded = Base64Letters.decoded(letters.dropFirst(shift)) else { return nil }
            let edits =
                Base64Letters.isText(decoded.prefix(48))
                ? Redaction.edits(of: decoded, depth: depth + 1, unpack: unpack) : Redaction.keyEdits(of: decoded)
            guard edits.isEmpty else {
                return letters.prefix(shift) + Base64Letters.encoded(edits.applied(to: decoded), isURLSafe: isURLSafe)
            }
        }
        return nil
    }

    /// The text `sk-` in base64, for each of its positions in a group of three bytes.
    private static let signs: [StaticString] = ["c2st", "NrL", "zay"]

    private func mayHoldKey(_ run: Run) -> Bool {
        func isIn(_ buffer: UnsafeBufferPointer<UInt8>) -> Bool {
            Self.signs.contains { Redaction.position(of: $0, in: buffer, from: 0) != nil }
        }
        return run.letters?.withUnsafeBufferPointer(isIn) ?? isIn(UnsafeBufferPointer(rebasing: bytes[run.range]))
    }
}

/// Recognizes compressed bytes by their first bytes.
package enum Packing {
    /// gzip (RFC 1952 §2.3.1), zlib (RFC 1950 §2.2) or Zstandard (RFC 8878 §3.1.1).
    package static func isPacked(_ bytes: some Collection<UInt8>) -> Bool {
        isGzip(bytes) || isZlib(bytes) || isZstandard(bytes)
    }

    package static func isGzip(_ bytes: some Collection<UInt8>) -> Bool { bytes.starts(with: [0x1F, 0x8B, 0x08]) }

    /// Recognizes zlib: Deflate with a window of 32 KB, and a checksum over the two bytes. This covers only the usual compression levels,
    /// because `x` also begins words.
    package static func isZlib(_ bytes: some Collection<UInt8>) -> Bool {
        [[0x78, 0x01], [0x78, 0x9C], [0x78, 0xDA]].contains { bytes.starts(with: $0) }
    }

    package static func isZstandard(_ bytes: some Collection<UInt8>) -> Bool {
        bytes.starts(with: [0x28, 0xB5, 0x2F, 0xFD])
    }
}
