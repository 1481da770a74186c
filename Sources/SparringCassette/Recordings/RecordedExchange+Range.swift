extension RecordedExchange {
    /// The maximum time from the start of an exchange, in nanoseconds: about three years. Sums of such times fit into 64 bits.
    private static let longest: Int64 = 100_000_000_000_000_000
    /// The maximum distance of a start from 1970, in nanoseconds: 126 years.
    private static let farthest: Int64 = 4_000_000_000_000_000_000

    /// The member of a cassette's line whose number is out of range; nil if all numbers are in range. A damaged file, or a file from an
    /// untrusted source, may have any numbers, and a replay calculates with these numbers.
    package var memberOutOfRange: String? {
        let times = -Self.longest...Self.longest
        guard (-Self.farthest...Self.farthest).contains(startedAt) else { return "started_ns" }
        guard messages.allSatisfy({ times.contains($0.at) }) else { return "messages" }
        guard let answer else { return nil }
        guard times.contains(answer.headAt) else { return "head_ns" }
        guard times.contains(answer.endAt) else { return "end_ns" }
        return answer.hasPiecesOfBody(at: times) ? nil : "pieces"
    }
}

extension RecordedAnswer {
    /// Whether the pieces together are the body, and the time of each is in this range.
    fileprivate func hasPiecesOfBody(at times: ClosedRange<Int64>) -> Bool {
        var rest = body.count
        for piece in pieces {
            guard times.contains(piece.at), (0...rest).contains(piece.count) else { return false }
            rest -= piece.count
        }
        return rest == 0
    }
}
