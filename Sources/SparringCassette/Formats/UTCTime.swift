import SparringAPI

/// Parses and writes the timestamps in files of other tools: `2026-11-21T14:01:02.123Z` (RFC 3339),
/// `Sat, 21 Nov 2026 14:01:02 GMT`.
package enum UTCTime {
    /// Unix nanoseconds; nil if the text is not a timestamp.
    package static func nanoseconds(_ text: String) -> Int64? {
        let halves = text.split(separator: "T", maxSplits: 1)
        guard halves.count == 2, let day = CivilDate(halves[0]) else { return nil }
        var clock = halves[1]
        var offset = Int64(0)
        if clock.hasSuffix("Z") {
            clock = clock.dropLast()
        } else if let sign = clock.lastIndex(where: { $0 == "+" || $0 == "-" }) {
            let parts = clock[clock.index(after: sign)...].split(separator: ":").compactMap { Int64($0) }
            guard parts.count == 2, parts.allSatisfy({ (0..<60).contains($0) }) else { return nil }
            offset = (parts[0] * 60 + parts[1]) * 60 * (clock[sign] == "-" ? -1 : 1)
            clock = clock[..<sign]
        }
        let parts = clock.split(separator: ":")
        guard parts.count == 3, let hour = Int64(parts[0]), let minute = Int64(parts[1]), let second = Double(parts[2]),
            (0...24).contains(hour), (0..<60).contains(minute), (0..<61).contains(second)
        else { return nil }
        let whole = Int64(day.unixTime) + (hour * 60 + minute) * 60 - offset
        return whole * 1_000_000_000 + Int64((second * 1e9).rounded())
    }

    /// The Unix seconds of a date in a header field (RFC 9110 §5.6.7); nil for text in another form.
    static func httpDate(_ text: String) -> Int? {
        let words = text.split(separator: " ")
        guard words.count >= 5, let month = months.firstIndex(of: words[2]) else { return nil }
        func digits(_ text: some StringProtocol) -> String { text.utf8.count < 2 ? "0\(text)" : String(text) }
        let clock = words[4].split(separator: ":").compactMap { Int($0) }
        guard let day = CivilDate("\(words[3])-\(digits("\(month + 1)"))-\(digits(words[1]))"), clock.count == 3,
            (0..<24).contains(clock[0]), (0..<60).contains(clock[1]), (0...60).contains(clock[2])
        else { return nil }
        return day.unixTime + clock[0] * 3600 + clock[1] * 60 + clock[2]
    }

    private static let months: [Substring] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// Writes a timestamp with milliseconds.
    package static func text(_ nanoseconds: Int64) -> String {
        let milliseconds = nanoseconds / 1_000_000
        let (days, rest) = milliseconds.quotientAndRemainder(dividingBy: 86_400_000)
        let (year, month, day) = civil(Int(days))
        func digits(_ value: Int64, _ width: Int) -> String {
            let text = String(value)
            return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
        }
        return "\(digits(year, 4))-\(digits(month, 2))-\(digits(day, 2))T\(digits(rest / 3_600_000, 2)):"
            + "\(digits(rest / 60_000 % 60, 2)):\(digits(rest / 1000 % 60, 2)).\(digits(rest % 1000, 3))Z"
    }

    /// The date that many days after 1970-01-01. Counts the years from March, so that a leap day is the last day of a year.
    private static func civil(_ days: Int) -> (Int64, Int64, Int64) {
        let shifted = days + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let month = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * month + 2) / 5 + 1
        let civilMonth = month < 10 ? month + 3 : month - 9
        return (Int64(era * 400 + yearOfEra + (civilMonth <= 2 ? 1 : 0)), Int64(civilMonth), Int64(day))
    }
}
