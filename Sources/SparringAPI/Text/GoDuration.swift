/// Durations as the API prints them in headers and messages: in Go's format, truncated to milliseconds.
enum GoDuration {
    /// `0s`, `20ms`, `8.64s`, `6m0s`, `1h2m3s`. Durations below a millisecond are written as `0s`.
    static func text(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        let milliseconds = Int(seconds) * 1000 + Int(attoseconds / 1_000_000_000_000_000)
        guard milliseconds > 0 else { return "0s" }
        guard milliseconds >= 1000 else { return "\(milliseconds)ms" }
        let (hours, minutes) = (milliseconds / 3_600_000, milliseconds / 60_000 % 60)
        let rest = Self.seconds(milliseconds % 60_000)
        if hours > 0 { return "\(hours)h\(minutes)m\(rest)s" }
        return minutes > 0 ? "\(minutes)m\(rest)s" : "\(rest)s"
    }

    /// Parses the result of `text`, in seconds; nil for other texts.
    static func seconds(in text: String) -> Double? {
        var (sum, digits, unit) = (0.0, "", "")
        func add() -> Bool {
            guard !digits.isEmpty else { return unit.isEmpty }
            guard let number = Double(digits), let scale = ["h": 3600, "m": 60, "s": 1, "ms": 0.001][unit] else {
                return false
            }
            sum += number * scale
            (digits, unit) = ("", "")
            return true
        }
        for character in text {
            if character.isNumber || character == "." {
                if !unit.isEmpty, !add() { return nil }
                digits.append(character)
            } else {
                unit.append(character)
            }
        }
        return add() ? sum : nil
    }

    private static func seconds(_ milliseconds: Int) -> String {
        let (whole, fraction) = (milliseconds / 1000, milliseconds % 1000)
        guard fraction > 0 else { return String(whole) }
        var digits = String(fraction + 1000).dropFirst()
        while digits.last == "0" { digits.removeLast() }
        return "\(whole).\(digits)"
    }
}
