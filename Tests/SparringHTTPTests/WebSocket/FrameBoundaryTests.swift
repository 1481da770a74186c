import SparringWire
import Testing

@testable import SparringHTTP

@Suite("The boundary between two frames")
struct FrameBoundaryTests {
    @Test("Bytes that end with a frame leave none open, wherever they are cut", arguments: [0, 5, 125, 126, 65_536])
    func cuts(count: Int) {
        let frame = SocketFrame.text([UInt8](repeating: 0x61, count: count)).bytes
        let bytes = frame + SocketFrame(.ping, [1], mask: [1, 2, 3, 4]).bytes
        for place in [1, 2, 3, frame.count - 1, frame.count, frame.count + 1] where place > 0 && place <= bytes.count {
            var boundary = FrameBoundary()
            bytes[..<place].withUnsafeBytes { boundary.pass($0) }
            #expect(boundary.isInside == (place != frame.count), "cut at \(place)")
            bytes[place...].withUnsafeBytes { boundary.pass($0) }
            #expect(!boundary.isInside)
        }
    }
}
