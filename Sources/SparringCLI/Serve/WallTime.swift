import Foundation

/// A moment of the wall clock, in the formats of log lines.
struct WallTime: Sendable, Hashable {
    /// Nanoseconds since 1970.
    let nanoseconds: Int64

    static var now: WallTime { WallTime(nanoseconds: WallClock.nanoseconds()) }

    /// Local time: `12:01:07.123`
    var timeOfDay: String {
        var seconds = time_t(nanoseconds / 1_000_000_000)
        var parts = tm()
        localtime_r(&seconds, &parts)
        return Self.clock(parts) + fraction
    }

    /// UTC: `2026-11-30T12:01:07.123Z`
    var iso8601: String {
        var seconds = time_t(nanoseconds / 1_000_000_000)
        var parts = tm()
        gmtime_r(&seconds, &parts)
        let date = [Int(parts.tm_year) + 1900, Int(parts.tm_mon) + 1, Int(parts.tm_mday)].map { Self.digits($0) }
        return date.joined(separator: "-") + "T" + Self.clock(parts) + fraction + "Z"
    }

    private var fraction: String { "." + Self.digits(Int(nanoseconds / 1_000_000 % 1000), 3) }

    private static func clock(_ parts: tm) -> String {
        [parts.tm_hour, parts.tm_min, parts.tm_sec].map { digits(Int($0)) }.joined(separator: ":")
    }

    private static func digits(_ number: Int, _ width: Int = 2) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, width - text.count)) + text
    }
}
