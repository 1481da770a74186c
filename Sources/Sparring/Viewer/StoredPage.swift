import SparringExchange
import SparringJSON

/// The live page as one file that contains a run's exchanges. The page sends no requests, so it works without a server.
enum StoredPage {
    /// Allows only the page's own style and script, by their hashes, and no requests. Text from a client is in a block that is not
    /// a script, so HTML in it has no effect.
    ///
    /// Source: https://www.w3.org/TR/CSP3/
    static let policy = """
        default-src 'none'; style-src '\(EmbeddedPage.styleHash)'; script-src '\(EmbeddedPage.scriptHash)'; \
        img-src data:; base-uri 'none'; form-action 'none'
        """

    /// The comments in web/page/page.html that the policy and the data replace.
    static let places = (policy: "<!-- policy -->", data: "<!-- data -->", rest: "<!-- rest -->")

    /// One exchange as JSON: its row of the list, and the other parts that its panel shows.
    struct Entry {
        /// Without `<`.
        var row: [UInt8]
        /// One line.
        var rest: [UInt8]

        init(row: JSONValue, rest: JSONValue) {
            self.row = StoredPage.text(row)
            self.rest = rest.serialized()
        }

        /// With the separators.
        var size: Int { row.count + rest.count + 2 }
    }

    /// The rows come before the script and the other parts come after it, so that a browser shows the list while it still reads the file.
    ///
    /// - Parameters:
    ///   - live: the report that a server would return, with the member `stored`, and without exchanges.
    ///   - entries: the oldest first.
    /// - Returns: HTML in UTF-8.
    static func document(live: JSONValue, _ entries: [Entry]) -> [UInt8] {
        let meta = "<meta http-equiv=\"content-security-policy\" content=\"\(policy)\">"
        let page = EmbeddedPage.document.replacing(places.policy, with: meta)
        guard let data = page.firstRange(of: places.data),
            let rest = page[data.upperBound...].firstRange(of: places.rest)
        else { return Array(page.utf8) }
        var bytes = Array(page[..<data.lowerBound].utf8)
        bytes += Array("<script type=\"application/json\" id=\"stored\">{\"live\":".utf8)
        bytes += text(live)
        bytes += Array(",\"exchanges\":[".utf8)
        for (index, entry) in entries.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes += entry.row
        }
        bytes += Array("]}</script>".utf8)
        bytes += Array(page[data.upperBound..<rest.lowerBound].utf8)
        PackedBlocks(entries.map(\.rest)).append(to: &bytes)
        bytes += Array(page[rest.upperBound...].utf8)
        return bytes
    }

    /// JSON without `<`, which could end the block around it.
    static func text(_ json: JSONValue) -> [UInt8] {
        let bytes = json.serialized()
        guard bytes.contains(UInt8(ascii: "<")) else { return bytes }
        var safe: [UInt8] = []
        safe.reserveCapacity(bytes.count + 64)
        for byte in bytes {
            // In JSON, the character occurs only in strings, so it can be replaced by a string escape.
            if byte == UInt8(ascii: "<") { safe += Array(#"\u003c"#.utf8) } else { safe.append(byte) }
        }
        return safe
    }
}
