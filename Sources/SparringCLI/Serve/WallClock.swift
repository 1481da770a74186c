import Foundation

/// The clock of the wall, for what is written down.
enum WallClock {
    /// Since 1970, in steps of a quarter of a microsecond.
    static func nanoseconds() -> Int64 { Int64(Date.now.timeIntervalSince1970 * 1e9) }
}
