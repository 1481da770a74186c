import SparringHTTP

extension FuzzTarget {
    /// Tests an upstream's answers in HTTP/1. The first byte decides whether the request was a HEAD.
    static let upstreamAnswer = FuzzTarget("upstream-answer") { bytes in
        guard let first = bytes.first else { return nil }
        return Cuts.compare(Array(bytes.dropFirst())) { pieces in
            var decoder = AnswerDecoder(isHead: first == UInt8(ascii: "H"))
            var (parts, body): ([String], [UInt8]) = ([], [])
            do {
                for piece in pieces {
                    for part in try piece.withUnsafeBytes({ bytes throws(AnswerDecoder.Malformed) in
                        try decoder.take(bytes)
                    }) {
                        if case .body(let bytes) = part { body += bytes } else { parts.append("\(part)") }
                    }
                }
            } catch {
                // The parts that are read before a mistake depend on how the bytes are cut.
                return "malformed"
            }
            return "\(parts), body \(body), complete: \(decoder.close())"
        }
    }
}
