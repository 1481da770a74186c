/// Replacements of ranges of bytes. They map offsets in the original bytes to offsets in the result.
package struct Edits: Sendable {
    private struct Edit {
        var range: Range<Int>
        var replacement: [UInt8]
    }

    private var edits: [Edit] = []

    package init() {}

    package var isEmpty: Bool { edits.isEmpty }

    package mutating func replace(_ range: Range<Int>, with replacement: [UInt8]) {
        edits.append(Edit(range: range, replacement: replacement))
    }

    package mutating func add(_ others: Edits) { edits += others.edits }

    /// The same edits for other bytes: `place` converts each range.
    package func mapped(_ place: (Range<Int>) -> Range<Int>) -> Edits {
        var others = self
        for index in others.edits.indices { others.edits[index].range = place(others.edits[index].range) }
        return others
    }

    /// The last position at or before the offset at which the bytes can be cut without cutting an edit.
    /// - Parameter context: the number of bytes before an edit that may have caused it.
    package func cut(at offset: Int, context: Int) -> Int {
        let cut = merged.reversed().reduce(offset) { cut, edit in
            edit.range.lowerBound - context < cut && cut < edit.range.upperBound ? edit.range.lowerBound - context : cut
        }
        return max(0, cut)
    }

    /// Overlapping edits are merged into one. The merged edit has the replacement of the edit that begins first; among edits with the same
    /// start, the longest one decides.
    private var merged: [Edit] {
        let order = edits.sorted {
            ($0.range.lowerBound, -$0.range.upperBound) < ($1.range.lowerBound, -$1.range.upperBound)
        }
        return order.reduce(into: []) { merged, edit in
            if let last = merged.last, edit.range.lowerBound < last.range.upperBound {
                let end = max(last.range.upperBound, edit.range.upperBound)
                merged[merged.count - 1].range = last.range.lowerBound..<end
            } else {
                merged.append(edit)
            }
        }
    }

    package func applied(to bytes: [UInt8]) -> [UInt8] {
        guard !edits.isEmpty else { return bytes }
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var position = 0
        for edit in merged {
            result += bytes[position..<edit.range.lowerBound]
            result += edit.replacement
            position = edit.range.upperBound
        }
        return result + bytes[position...]
    }

    /// Converts offsets, which must be in ascending order, to positions in the result. An offset inside a replaced range moves to the end
    /// of the replacement.
    package func moved(_ offsets: [Int]) -> [Int] {
        var (shift, rest) = (0, merged[...])
        return offsets.map { offset in
            while let edit = rest.first, edit.range.upperBound <= offset {
                shift += edit.replacement.count - edit.range.count
                rest.removeFirst()
            }
            guard let edit = rest.first, edit.range.lowerBound < offset else { return offset + shift }
            return edit.range.lowerBound + shift + edit.replacement.count
        }
    }
}
