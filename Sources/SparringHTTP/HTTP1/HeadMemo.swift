#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The latest heads that the connections of an event loop have read, each with its bytes.
///
/// A client sends the same head with many requests. Reading a head costs 8,000 instructions and eight allocations, and comparing its bytes
/// costs 300 instructions. A head depends on its bytes only, so a remembered head equals the head that reading the bytes would return. Must
/// be used on its event loop.
package final class HeadMemo {
    private struct Entry {
        let bytes: [UInt8]
        let head: RequestHead
    }

    /// This is more than the number of heads that clients usually send on one event loop; each lookup compares all of them.
    private static let capacity = 4
    /// Longer heads are not remembered, so that the memory of an event loop is small.
    private static let longest = 2048

    private var entries: [Entry] = []
    /// The place of the entry that is replaced next.
    private var oldest = 0

    package init() {}

    /// The remembered head with which the bytes begin, and its length in bytes, including the empty line; nil for an unknown head.
    func head(at bytes: UnsafeRawBufferPointer) -> (head: RequestHead, length: Int)? {
        guard let start = bytes.baseAddress else { return nil }
        for entry in entries where entry.bytes.count <= bytes.count {
            if memcmp(start, entry.bytes, entry.bytes.count) == 0 { return (entry.head, entry.bytes.count) }
        }
        return nil
    }

    /// Remembers a head in place of the oldest remembered head.
    /// - Parameter bytes: all bytes of the head, including the empty line.
    func keep(_ head: RequestHead, from bytes: UnsafeRawBufferPointer) {
        guard bytes.count <= Self.longest else { return }
        var head = head
        head.share()
        let entry = Entry(bytes: Array(bytes), head: head)
        if entries.count < Self.capacity {
            entries.append(entry)
        } else {
            entries[oldest] = entry
            oldest = (oldest + 1) % Self.capacity
        }
    }
}
