/// URIs that the publisher of a recording masked: `**REDACTED**`, `https://**REDACTED**`, `https://api.openai.com/v1/<masked>`.
///
/// A recording with such a URI has no path. In a cassette, the target of such a recording is the mask alone, without a slash. The recording
/// answers requests with the same method and the same body, whatever the path of the request.
package enum MaskedTarget {
    /// Whether a target of a cassette is a mask. Every target without a mask has a slash, except `*` of OPTIONS.
    package static func isMask(_ target: String) -> Bool {
        !target.isEmpty && target != "*" && !target.prefix { $0 != "?" }.utf8.contains(UInt8(ascii: "/"))
    }

    /// The mask in a URI; nil if the URI names an operation.
    /// - Parameters:
    ///   - host: the host with its port; nil if the URI has no scheme.
    ///   - path: without the query.
    static func mask(host: Substring?, path: Substring) -> String? {
        var segments = path.split(separator: "/")
        if segments.first == "openai" { segments.removeFirst() }
        if segments.first == "v1" { segments.removeFirst() }
        guard segments.count < 2, let part = segments.first ?? host, looksMasked(part) else { return nil }
        return String(part)
    }

    private static func looksMasked(_ part: Substring) -> Bool {
        let text = part.lowercased()
        return part.contains { marks.contains($0) } || words.contains { text.contains($0) }
    }

    /// Characters that no host and no path of the API has.
    private static let marks: Set<Character> = ["*", "<", ">", "{", "}"]
    private static let words = ["redacted", "masked", "filtered", "scrubbed"]
}
