#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// How times scatter about their mean.
package enum PaceShape: Sendable, Hashable {
    /// A bell; what would be less than nothing is nothing. The deviation is a share of the mean.
    case normal(deviation: Double)
    /// Many a little early, few very late, as the API's are. The deviation is that of the logarithm.
    case logNormal(deviation: Double)
    /// So many at once, as late as the last of them would have come.
    case bursty(Int)
}

/// Draws times of one mean, one after the other; the same seed gives the same times.
package struct PaceDraws: Sendable, Hashable {
    private let mean: Duration
    private let shape: PaceShape
    private var state: UInt64
    private var leftInBurst = 0

    package init(mean: Duration, shape: PaceShape, seed: UInt64) {
        self.mean = mean
        self.shape = shape
        state = seed
    }

    package mutating func next() -> Duration {
        switch shape {
        case .normal(let deviation): return mean * max(0, 1 + deviation * normal())
        // The mean of exp(d·z) is exp(d²/2): taken out, the mean stays where it was ordered.
        case .logNormal(let deviation): return mean * exp(deviation * normal() - deviation * deviation / 2)
        case .bursty(let count):
            guard leftInBurst == 0 else {
                leftInBurst -= 1
                return .zero
            }
            leftInBurst = count - 1
            return mean * count
        }
    }

    /// Twelve dice (Irwin, Hall): a bell from -6 to 6 with deviation 1, and the same on every machine.
    private mutating func normal() -> Double { (0..<12).reduce(-6.0) { sum, _ in sum + unit() } }

    /// SplitMix64, from 0 up to 1.
    private mutating func unit() -> Double {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return Double((z ^ (z >> 31)) >> 11) * 0x1p-53
    }
}
