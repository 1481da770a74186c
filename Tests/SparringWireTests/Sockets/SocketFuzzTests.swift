import Testing

@testable import SparringWire

@Suite("Random WebSocket frames")
struct SocketFuzzTests {
    /// SplitMix64.
    private struct Draws {
        var state: UInt64

        mutating func next(_ bound: Int) -> Int {
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return Int((z ^ (z >> 31)) >> 1) % bound
        }
    }

    @Test("Messages in random fragments, with control frames between them and cut at random places, arrive whole")
    func fragments() {
        for seed in 0..<500 {
            var draws = Draws(state: UInt64(seed))
            var (bytes, expected): ([UInt8], [SocketReader.Input]) = ([], [])
            for _ in 0..<5 {
                let message = (0..<draws.next(300)).map { _ in UInt8(draws.next(256)) }
                var start = 0
                repeat {
                    let end = min(message.count, start + 1 + draws.next(100))
                    let mask = (0..<4).map { _ in UInt8(draws.next(256)) }
                    bytes +=
                        SocketFrame(
                            start == 0 ? .binary : .continuation, Array(message[start..<end]),
                            isFinal: end == message.count, mask: mask
                        ).bytes
                    if end < message.count, draws.next(3) == 0 {
                        bytes += SocketFrame(.ping, [7], mask: mask).bytes
                        expected.append(.ping([7]))
                    }
                    start = end
                } while start < message.count
                expected.append(.binary(message))
            }
            var reader = SocketReader(limit: 1000)
            var (inputs, offset): ([SocketReader.Input], Int) = ([], 0)
            while offset < bytes.count {
                let end = min(bytes.count, offset + 1 + draws.next(40))
                inputs += reader.read(Array(bytes[offset..<end]))
                offset = end
            }
            #expect(inputs == expected, "seed \(seed)")
        }
    }

    @Test("Random bytes cause at most one violation, which comes last, and only messages within the limit")
    func noise() {
        for seed in 0..<20_000 {
            var draws = Draws(state: UInt64(seed))
            var reader = SocketReader(limit: 500)
            var inputs: [SocketReader.Input] = []
            for _ in 0..<4 {
                var bytes = (0..<draws.next(60)).map { _ in UInt8(draws.next(256)) }
                // A plausible first header lets the reader process more of the input.
                if bytes.count > 2, draws.next(2) == 0 {
                    bytes[0] = [0x81, 0x01, 0x82, 0x80, 0x88, 0x89][draws.next(6)]
                    bytes[1] = 0x80 | UInt8(draws.next(50))
                }
                inputs += reader.read(bytes)
            }
            let ends = inputs.indices.filter {
                switch inputs[$0] {
                case .violation, .close: true
                case .text(let message), .binary(let message), .compressed(let message, _): message.count > 500
                case .ping, .pong: false
                }
            }
            #expect(ends.isEmpty || ends == [inputs.count - 1], "seed \(seed)")
        }
    }
}
