import Synchronization

/// `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 §5.6.7), computed without a calendar library.
package enum HTTPDate {
    /// The result of the last call. Thousands of answers within a second have the same date.
    private static let latest = Mutex((second: Int.min, text: ""))

    package static func text(unixSeconds: Int) -> String {
        latest.withLock { latest in
            if latest.second != unixSeconds { latest = (unixSeconds, written(unixSeconds: unixSeconds)) }
            return latest.text
        }
    }

    private static func written(unixSeconds: Int) -> String {
        let days = Int((Double(unixSeconds) / 86_400).rounded(.down))
        let time = unixSeconds - days * 86_400
        let (year, month, day) = civil(days: days)
        return String(unsafeUninitializedCapacity: 29) { buffer in
            var text = TextCursor(buffer)
            text.put(weekdays[((days % 7) + 7) % 7])
            text.put(", ")
            text.put(decimal: day, width: 2)
            text.put(months[month - 1])
            text.put(decimal: year, width: 4)
            text.put(" ")
            text.put(decimal: time / 3600, width: 2)
            text.put(":")
            text.put(decimal: time / 60 % 60, width: 2)
            text.put(":")
            text.put(decimal: time % 60, width: 2)
            text.put(" GMT")
            return text.count
        }
    }

    /// Proleptic Gregorian date of a day count from 1970-01-01, by 400-year eras that begin on 1 March.
    private static func civil(days: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }

    private static let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    private static let months = [
        " Jan ", " Feb ", " Mar ", " Apr ", " May ", " Jun ", " Jul ", " Aug ", " Sep ", " Oct ", " Nov ", " Dec ",
    ]
}
