import SparringAPI
import SparringExchange

/// The lines of a stored page that its panels need, one for each exchange, as blocks of HTML that the page unpacks when an exchange
/// of them is opened: a browser reads every byte of a document, so fewer bytes open it sooner.
///
/// A block is base64 of a deflate stream (RFC 1951), so no byte in it can end the block. `data-first` is the index of the block's first
/// line. The newest lines come first, because the list begins with them.
struct PackedBlocks {
    private let lines: [[UInt8]]
    /// The number of bytes of lines after which a block ends.
    private let blockBytes: Int

    /// - Parameter lines: without line feeds, the oldest first.
    init(_ lines: [[UInt8]], blockBytes: Int = 256 << 10) {
        (self.lines, self.blockBytes) = (lines, blockBytes)
    }

    func append(to page: inout [UInt8]) {
        let deflater = MessageDeflater()
        for block in blocks.reversed() {
            let text = Array(lines[block].joined(separator: [UInt8(ascii: "\n")]))
            // Without memory for zlib, the block stays as it is.
            let packed = deflater.compressed(text).map { $0 + Self.end }
            page += Array("<script type=\"text/plain\" class=\"rest\" data-first=\"\(block.lowerBound)\"".utf8)
            page += Array((packed == nil ? " data-plain>" : ">").utf8)
            page += Array(Base64.text(packed ?? text).utf8)
            page += Array("</script>\n".utf8)
        }
    }

    /// The bytes that a message of permessage-deflate lacks for a complete deflate stream: the length of its last, empty block (RFC 7692
    /// §7.2.1), and a final block without data (RFC 1951 §3.2.3).
    private static let end: [UInt8] = [0, 0, 0xFF, 0xFF, 3, 0]

    private var blocks: [Range<Int>] {
        var (blocks, start, bytes) = ([Range<Int>](), 0, 0)
        for (index, line) in lines.enumerated() {
            bytes += line.count + 1
            guard bytes >= blockBytes || index == lines.count - 1 else { continue }
            blocks.append(start..<(index + 1))
            (start, bytes) = (index + 1, 0)
        }
        return blocks
    }
}
