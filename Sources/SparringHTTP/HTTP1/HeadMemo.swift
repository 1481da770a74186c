#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The latest heads that the connections of an event loop have read, each with its bytes.
///
/// A client sends the same head again and again. Reading a head costs 8,000 instructions and eight allocations, and comparing its bytes costs
/// 300 instructions. A head depends on its bytes only, so a remembered head equals the head that would be read. Must be used on its event loop.
package final class HeadMemo {
    private struct Entry {
        let bytes: [UInt8]
        let head: RequestHead
    }

    /// More heads than clients usually send on one event loop; each lookup compares all of them.
    private static let capacity = 4
    /// Longer heads are not remembered, so that the memory of an event loop is small.
    private static let longest = 2048

    private var entries: [Entry] = []
    /// The place of the entry that is replaced next.
    private var oldest = 0

    package init() {}

    /// The remembered head that the bytes begin with, and its length in bytes, with the empty line; nil for an unknown head.
    func head(at bytes: UnsafeRawBufferPointer) -> (head: RequestHead, length: Int)? {
        guard let start = bytes.baseAddress else { return nil }
        for entry in entries where entry.bytes.count <= bytes.count {
            if memcmp(start, entry.bytes, entry.bytes.count) == 0 { return (entry.head, entry.bytes.count) }
        }
        return nil
    }

    /// Remembers a head instead of the oldest one.
    /// - Parameter bytes: all bytes of the head, with the empty line.
    func keep(_ head: RequestHead, from bytes: UnsafeRawBufferPointer) {
        guard bytes.count <= Self.longest else { return }
        let entry = Entry(bytes: Array(bytes), head: head)
        if entries.count < Self.capacity {
            entries.append(entry)
        } else {
            entries[oldest] = entry
            oldest = (oldest + 1) % Self.capacity
        }
    }
}
