/// Writes segments as subtitles.
enum Subtitles {
    static func srt(_ segments: [Transcript.Segment]) -> String {
        segments.enumerated().map { number, segment in
            "\(number + 1)\n\(clock(segment.start, ",")) --> \(clock(segment.end, ","))\n\(segment.text)\n\n"
        }.joined() + "\n"
    }

    static func vtt(_ segments: [Transcript.Segment]) -> String {
        "WEBVTT\n\n"
            + segments.map { segment in
                "\(clock(segment.start, ".")) --> \(clock(segment.end, "."))\n\(segment.text)\n\n"
            }.joined()
    }

    /// `00:01:02,340`.
    private static func clock(_ time: Int, _ mark: String) -> String {
        func digits(_ value: Int, _ count: Int = 2) -> String {
            let text = String(value)
            return String(repeating: "0", count: max(0, count - text.utf8.count)) + text
        }
        let seconds = time / 100
        return
            "\(digits(seconds / 3600)):\(digits(seconds / 60 % 60)):\(digits(seconds % 60))\(mark)\(digits(time % 100 * 10, 3))"
    }
}
