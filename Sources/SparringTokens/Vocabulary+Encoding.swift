extension Vocabulary {
    /// Encodes a text to token ids, which are the ranks of the tokens. Text that looks like a special token is ordinary text.
    package func encode(_ text: String) -> [Int] {
        var ids: [Int] = []
        eachToken(of: text) { bytes, token, tables in
            ids.append(Int(tables.rank(of: bytes, token.lowerBound, token.upperBound)))
            return true
        }
        return ids
    }

    package func count(_ text: String) -> Int {
        var count = 0
        eachToken(of: text) { _, _, _ in
            count += 1
            return true
        }
        return count
    }

    /// Passes each token's length in bytes to `body`, and whether a character ends at the end of the token. Stops if `body` returns false.
    @inline(__always)
    func eachLength(_ text: String, _ body: (_ length: Int, _ isWhole: Bool) -> Bool) {
        eachToken(of: text) { bytes, token, _ in
            let end = token.upperBound
            return body(token.count, end == bytes.count || bytes[end] & 0xC0 != 0x80)
        }
    }

    /// Passes each token to `body`. Stops if `body` returns false.
    @inline(__always)
    private func eachToken(of text: String, _ body: (UnsafeRawBufferPointer, Range<Int>, TokenTables) -> Bool) {
        var text = text
        text.withUTF8 { utf8 in
            let bytes = UnsafeRawBufferPointer(utf8)
            withTables { tables in
                withUnsafeTemporaryAllocation(of: UInt32.self, capacity: PairMerge.scratchSize) { scratch in
                    let merge = PairMerge(tables, scratch: scratch)
                    var scanner = PieceScanner(bytes, encoding, tables)
                    var start = 0
                    while let end = scanner.next() {
                        let wantsMore = merge.tokens(of: UnsafeRawBufferPointer(rebasing: bytes[start..<end])) {
                            length in
                            let token = start..<(start + length)
                            start = token.upperBound
                            return body(bytes, token, tables)
                        }
                        guard wantsMore else { return }
                    }
                }
            }
        }
    }
}
