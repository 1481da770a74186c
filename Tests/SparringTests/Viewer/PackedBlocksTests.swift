import SparringAPI
import SparringExchange
import Testing

@testable import Sparring

@Suite("Packed blocks of a stored page")
struct PackedBlocksTests {
    private static let lines = (0..<10).map { Array("line \($0) </script>".utf8) }

    private static func html(_ lines: [[UInt8]], blockBytes: Int) -> String {
        var bytes: [UInt8] = []
        PackedBlocks(lines, blockBytes: blockBytes).append(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test(
        "The newest lines come first, and each block names its first line",
        arguments: [(1, 10), (17, 10), (18, 5), (1 << 20, 1)])
    func order(blockBytes: Int, blocks: Int) throws {
        let html = Self.html(Self.lines, blockBytes: blockBytes)
        let found = html.split(separator: "\n").map { line in
            Int(line.split(separator: "data-first=\"")[1].prefix { $0.isNumber }) ?? -1
        }
        #expect(found.count == blocks && found == found.sorted().reversed() && found.last == 0)
        #expect(html.ranges(of: "</script>").count == blocks, "no line ends a block")
    }

    @Test("A page without exchanges has no block")
    func empty() { #expect(Self.html([], blockBytes: 1).isEmpty) }
}
