/// Fast byte comparisons, which every request needs: `hasPrefix` of a `Substring` compares characters, and the collections of `utf8`
/// advance index by index.
extension StringProtocol {
    @inlinable package func begins(with prefix: String) -> Bool {
        let answer = utf8.withContiguousStorageIfAvailable { text in
            prefix.utf8.withContiguousStorageIfAvailable { prefix in
                text.count >= prefix.count && prefix.indices.allSatisfy { text[$0] == prefix[$0] }
            }
        }
        return answer.flatMap(\.self) ?? utf8.starts(with: prefix.utf8)
    }

    /// The index of the first byte that equals this ASCII byte.
    @inlinable package func firstIndex(ofByte byte: UInt8) -> Index? {
        let offset = utf8.withContiguousStorageIfAvailable { $0.firstIndex(of: byte) }
        guard let offset else { return utf8.firstIndex(of: byte) }
        return offset.map { utf8.index(startIndex, offsetBy: $0) }
    }
}
