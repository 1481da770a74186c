#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// How times are distributed around their mean.
package enum PaceShape: Sendable, Hashable {
    /// A normal distribution, cut at zero. The deviation is a share of the mean.
    case normal(deviation: Double)
    /// A log-normal distribution: many times are slightly early and a few are very late, like the API's. `deviation` is the standard
    /// deviation of the time's logarithm.
    case logNormal(deviation: Double)
    /// That many events are sent together, when the last of them is due.
    case bursty(Int)
}

/// Draws random times around a mean. Equal seeds give equal sequences of times.
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
        // The mean of exp(d·z) is exp(d²/2). Dividing by exp(d²/2) keeps the configured mean.
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

    /// The sum of twelve uniform draws (Irwin–Hall): nearly normal, from -6 to 6 with deviation 1, and equal on every
    /// machine.
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
