import SparringJSON
import SparringWire

/// Hints of how long to wait, in the header fields and spellings of other servers.
enum HintFaults {
    static let all = [retryHint]

    private static let forms = [
        "x-ms-retry-after-ms", "reset-requests", "reset-tokens", "reset-seconds", "reset-milliseconds", "reset-both",
    ]

    static let retryHint = PayloadFault(
        kind: FaultKind(
            "retry_hint", .payload, at: .start, usually: .start,
            takes: [
                FaultParameter(.form, .choice(forms), .text("x-ms-retry-after-ms")),
                FaultParameter(.duration, .duration, .duration(.milliseconds(1500))),
            ],
            "states the time to wait without the field retry-after: in Azure's x-ms-retry-after-ms, or in x-ratelimit-reset-requests, "
                + "-tokens or both, as 1m1.5s, as seconds (61.5) or as milliseconds (61500ms)"),
        answer: { scene, answer in
            for name in ["retry-after", "retry-after-ms"] { answer.headers[name] = nil }
            let wait = scene.arguments.duration(.duration) ?? .zero
            let milliseconds = Int(wait / .milliseconds(1))
            switch scene.arguments.text(.form) {
            case "reset-requests": answer.headers["x-ratelimit-reset-requests"] = clock(milliseconds)
            case "reset-tokens": answer.headers["x-ratelimit-reset-tokens"] = clock(milliseconds)
            case "reset-seconds": answer.headers["x-ratelimit-reset-requests"] = seconds(milliseconds)
            case "reset-milliseconds": answer.headers["x-ratelimit-reset-requests"] = "\(milliseconds)ms"
            case "reset-both":
                answer.headers["x-ratelimit-reset-requests"] = clock(milliseconds)
                answer.headers["x-ratelimit-reset-tokens"] = clock(milliseconds)
            default: answer.headers["x-ms-retry-after-ms"] = "\(milliseconds)"
            }
        })

    /// As Go writes durations: `1m1.5s`, `20s`, `150ms`.
    private static func clock(_ milliseconds: Int) -> String {
        if milliseconds < 1000 { return "\(milliseconds)ms" }
        let minutes = milliseconds / 60_000
        return (minutes == 0 ? "" : "\(minutes)m") + seconds(milliseconds % 60_000) + "s"
    }

    /// The wait in seconds, without trailing zeros.
    private static func seconds(_ milliseconds: Int) -> String {
        let rest = milliseconds % 1000
        guard rest > 0 else { return "\(milliseconds / 1000)" }
        let digits = String(String(rest + 1000).dropFirst())
        let trimmed = digits.reversed().drop { $0 == "0" }.reversed()
        return "\(milliseconds / 1000).\(String(trimmed))"
    }
}
