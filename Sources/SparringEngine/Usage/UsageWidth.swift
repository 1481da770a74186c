/// The length of the intervals by which usage is counted. Each length is a multiple of the one before it, so that intervals can
/// be joined.
package enum UsageWidth: Int, Sendable, Hashable, CaseIterable, Comparable {
    case second = 1
    case fiveSeconds = 5
    case quarterMinute = 15
    case minute = 60
    case fiveMinutes = 300
    case quarterHour = 900
    case hour = 3600
    case quarterDay = 21_600
    case day = 86_400

    package var seconds: Int { rawValue }

    /// `5s`, `15m`, `1d`.
    package var name: String {
        switch seconds {
        case ..<60: "\(seconds)s"
        case ..<3600: "\(seconds / 60)m"
        case ..<86_400: "\(seconds / 3600)h"
        default: "\(seconds / 86_400)d"
        }
    }

    /// Nil if no length has that name.
    package init?(_ name: String) {
        guard let width = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = width
    }

    /// The next longer length; nil for the longest.
    var longer: UsageWidth? { Self.allCases.first { $0 > self } }

    package static func < (a: UsageWidth, b: UsageWidth) -> Bool { a.seconds < b.seconds }
}
