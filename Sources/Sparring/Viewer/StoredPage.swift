import SparringExchange
import SparringJSON

/// The live page as one file with a run's exchanges inside: it asks no server and works without one.
enum StoredPage {
    /// The page's own style and script run, by their hashes, and nothing is asked for. Data of a client is text of a block that is
    /// no script, so that HTML in it does nothing.
    ///
    /// Source: https://www.w3.org/TR/CSP3/
    static let policy = """
        default-src 'none'; style-src '\(EmbeddedPage.styleHash)'; script-src '\(EmbeddedPage.scriptHash)'; \
        img-src data:; base-uri 'none'; form-action 'none'
        """

    /// Where the page takes the policy and the data: comments of web/page/page.html.
    static let places = (policy: "<!-- policy -->", data: "<!-- data -->")

    /// One exchange: as a row of the list, and what else its panel shows. Both as JSON.
    struct Entry {
        var row: [UInt8]
        var rest: [UInt8]

        init(row: JSONValue, rest: JSONValue) {
            self.row = StoredPage.text(row)
            self.rest = StoredPage.text(rest)
        }

        /// With the separators.
        var size: Int { row.count + rest.count + 2 }
    }

    /// - Parameters:
    ///   - live: the report that a server would give, with `stored`, and without exchanges.
    ///   - entries: the oldest first.
    /// - Returns: HTML in UTF-8.
    static func document(live: JSONValue, _ entries: [Entry]) -> [UInt8] {
        let meta = "<meta http-equiv=\"content-security-policy\" content=\"\(policy)\">"
        let page = EmbeddedPage.document.replacing(places.policy, with: meta)
        guard let place = page.firstRange(of: places.data) else { return Array(page.utf8) }
        var bytes = Array(page[..<place.lowerBound].utf8)
        bytes.reserveCapacity(page.utf8.count + entries.reduce(1 << 16) { $0 + $1.size })
        bytes += Array("<script type=\"application/json\" id=\"stored\">{\"live\":".utf8)
        bytes += text(live)
        bytes += Array(",\"exchanges\":[".utf8)
        for (index, entry) in entries.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes += entry.row
        }
        bytes += Array("]}</script>\n<script type=\"text/plain\" id=\"rest\">".utf8)
        // A line for each exchange: the page reads one when it is opened.
        for (index, entry) in entries.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: "\n")) }
            bytes += entry.rest
        }
        bytes += Array("</script>\n".utf8)
        bytes += Array(page[place.upperBound...].utf8)
        return bytes
    }

    /// JSON without `<`, which could end the block that it is in.
    static func text(_ json: JSONValue) -> [UInt8] {
        let bytes = json.serialized()
        guard bytes.contains(UInt8(ascii: "<")) else { return bytes }
        var safe: [UInt8] = []
        safe.reserveCapacity(bytes.count + 64)
        for byte in bytes {
            // Only strings have the character, so the escape is one of a string.
            if byte == UInt8(ascii: "<") { safe += Array(#"\u003c"#.utf8) } else { safe.append(byte) }
        }
        return safe
    }
}
