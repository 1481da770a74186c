import SparringWire
import Testing

@Suite("Random pauses")
struct PaceShapeTests {
    private static func draw(_ shape: PaceShape, seed: UInt64 = 1, _ count: Int = 20_000) -> [Double] {
        var draws = PaceDraws(mean: .milliseconds(100), shape: shape, seed: seed)
        return (0..<count).map { _ in draws.next() / .milliseconds(1) }
    }

    @Test(
        "Random pauses keep their mean",
        arguments: [PaceShape.normal(deviation: 0.2), .logNormal(deviation: 0.3), .logNormal(deviation: 1), .bursty(4)])
    func mean(shape: PaceShape) {
        let times = Self.draw(shape)
        #expect(97...103 ~= times.reduce(0, +) / Double(times.count))
        #expect(times.allSatisfy { $0 >= 0 })
    }

    @Test("Random pauses have the configured deviation", arguments: [0.1, 0.3])
    func deviation(share: Double) {
        let times = Self.draw(.normal(deviation: share))
        let variance = times.reduce(0) { $0 + ($1 - 100) * ($1 - 100) } / Double(times.count)
        #expect((share * 97)...(share * 103) ~= variance.squareRoot())
    }

    @Test("Log-normal pauses are mostly below their mean, and bursty pauses come in bursts")
    func shapes() {
        let late = Self.draw(.logNormal(deviation: 0.5)).count { $0 > 100 }
        #expect(7000...9000 ~= late)
        #expect(Self.draw(.bursty(3), seed: 1, 7) == [300, 0, 0, 300, 0, 0, 300])
    }

    @Test("Random pauses are the same for the same seed")
    func seeds() {
        #expect(Self.draw(.normal(deviation: 0.2), seed: 1, 100) == Self.draw(.normal(deviation: 0.2), seed: 1, 100))
        #expect(Self.draw(.normal(deviation: 0.2), seed: 1, 100) != Self.draw(.normal(deviation: 0.2), seed: 2, 100))
    }
}
