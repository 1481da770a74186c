extension Vocabulary {
    /// The tokens of a text as ids, by rank. What looks like a special token is ordinary text.
    package func encode(_ text: String) -> [Int] {
        withTokens(of: text) { bytes, tables, walk in
            var ids: [Int] = []
            var start = 0
            _ = walk { length in
                ids.append(Int(tables.rank(of: UnsafeRawBufferPointer(rebasing: bytes[start..<(start + length)]))))
                start += length
                return true
            }
            return ids
        }
    }

    package func count(_ text: String) -> Int {
        withTokens(of: text) { _, _, walk in
            var count = 0
            _ = walk { _ in
                count += 1
                return true
            }
            return count
        }
    }

    /// The length of each token, in bytes.
    package func lengths(_ text: String) -> [Int] {
        withTokens(of: text) { bytes, _, walk in
            var lengths: [Int] = []
            lengths.reserveCapacity(bytes.count / 4 + 1)
            _ = walk { length in
                lengths.append(length)
                return true
            }
            return lengths
        }
    }

    /// The first `limit` tokens: how many there are, and how many bytes they have.
    package func prefix(of text: String, limit: Int) -> (tokens: Int, bytes: Int) {
        guard limit > 0 else { return (0, 0) }
        return withTokens(of: text) { _, _, walk in
            var (tokens, bytes) = (0, 0)
            _ = walk { length in
                tokens += 1
                bytes += length
                return tokens < limit
            }
            return (tokens, bytes)
        }
    }

    /// - Parameter body: is given a walk that hands out the lengths of the tokens until it is told to stop.
    @inline(__always)
    private func withTokens<Result>(
        of text: String,
        _ body: (UnsafeRawBufferPointer, TokenTables, (_ each: (Int) -> Bool) -> Bool) -> Result
    ) -> Result {
        var text = text
        return text.withUTF8 { utf8 in
            let bytes = UnsafeRawBufferPointer(utf8)
            return withTables { tables in
                body(bytes, tables) { each in
                    var scanner = PieceScanner(bytes, encoding, tables)
                    var merge = PairMerge(tables)
                    var start = 0
                    while let end = scanner.next() {
                        guard merge.tokens(of: UnsafeRawBufferPointer(rebasing: bytes[start..<end]), each) else {
                            return false
                        }
                        start = end
                    }
                    return true
                }
            }
        }
    }
}
