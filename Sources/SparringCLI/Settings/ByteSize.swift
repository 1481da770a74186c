/// Reads a number of bytes: `500`, `500MB`, `2 GiB`. `k`, `M` and `G` are powers of 1000, `Ki`, `Mi` and `Gi` of 1024.
enum ByteSize {
    static func bytes(_ text: String) -> Int? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard let number = Int(digits), let factor = factor(text.dropFirst(digits.count).drop { $0 == " " }) else {
            return nil
        }
        let (bytes, isTooLarge) = number.multipliedReportingOverflow(by: factor)
        return isTooLarge ? nil : bytes
    }

    private static func factor(_ unit: Substring) -> Int? {
        switch unit.lowercased() {
        case "", "b": 1
        case "k", "kb": 1_000
        case "m", "mb": 1_000_000
        case "g", "gb": 1_000_000_000
        case "kib": 1 << 10
        case "mib": 1 << 20
        case "gib": 1 << 30
        default: nil
        }
    }
}
