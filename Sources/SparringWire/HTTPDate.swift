/// `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 §5.6.7), without a calendar library: dates are arithmetic.
package enum HTTPDate {
    package static func text(unixSeconds: Int) -> String {
        let days = Int((Double(unixSeconds) / 86_400).rounded(.down))
        let time = unixSeconds - days * 86_400
        let (year, month, day) = civil(days: days)
        let weekday = names("ThuFriSatSunMonTueWed", ((days % 7) + 7) % 7)
        let clock = "\(two(time / 3600)):\(two(time / 60 % 60)):\(two(time % 60))"
        return
            "\(weekday), \(two(day)) \(names("JanFebMarAprMayJunJulAugSepOctNovDec", month - 1)) \(year) \(clock) GMT"
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

    private static func names(_ table: String, _ index: Int) -> Substring { table.dropFirst(index * 3).prefix(3) }

    private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : String(number) }
}
