/// A source of a case as a link, if its address follows from its name: a section of an RFC, or an issue as `owner/name#12`. The website's
/// pages contain the same links (`scripts/website/sources.py`).
enum SourceLink {
    static func html(_ reference: String) -> String {
        guard let address = address(of: reference) else { return Markup.escape(reference) }
        return "<a href=\"\(Markup.escape(address))\" rel=\"noreferrer\">\(Markup.escape(reference))</a>"
    }

    /// The address of a source; nil if it does not follow from its name.
    static func address(of reference: String) -> String? { standard(reference) ?? issue(reference) }

    /// `RFC 9110` or `RFC 9110 §10.2.3.`
    private static func standard(_ reference: String) -> String? {
        guard reference.hasPrefix("RFC ") else { return nil }
        let parts = reference.dropFirst("RFC ".count).split(separator: " §", maxSplits: 1)
        guard let number = parts.first, isNumber(number) else { return nil }
        let page = "https://www.rfc-editor.org/rfc/rfc\(number)"
        guard parts.count == 2 else { return page }
        let section = parts[1].split(separator: ".")
        return section.allSatisfy(isNumber) ? "\(page)#section-\(section.joined(separator: "."))" : nil
    }

    /// `owner/name#12`
    private static func issue(_ reference: String) -> String? {
        let parts = reference.split(separator: "#", omittingEmptySubsequences: false)
        guard parts.count == 2, isNumber(parts[1]) else { return nil }
        let names = parts[0].split(separator: "/", omittingEmptySubsequences: false)
        guard names.count == 2, names.allSatisfy(isName) else { return nil }
        return "https://github.com/\(parts[0])/issues/\(parts[1])"
    }

    private static func isNumber(_ text: Substring) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }

    private static func isName(_ text: Substring) -> Bool {
        !text.isEmpty
            && text.unicodeScalars.allSatisfy {
                $0.isASCII && ($0.properties.isAlphabetic || "0123456789._-".unicodeScalars.contains($0))
            }
    }
}
