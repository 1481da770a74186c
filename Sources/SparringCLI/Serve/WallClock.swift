import Foundation

/// The wall-clock time for files.
enum WallClock {
    /// Nanoseconds since 1970, with a resolution of a quarter of a microsecond.
    static func nanoseconds() -> Int64 { Int64(Date.now.timeIntervalSince1970 * 1e9) }
}
