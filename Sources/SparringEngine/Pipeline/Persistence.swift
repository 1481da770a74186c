package import SparringExchange
import SparringWire

/// Decides whether the connection may serve another request (RFC 9112 §9.3).
package enum Persistence {
    package static func isWanted(by request: Request) -> Bool {
        guard let options = request.headers["connection"] else { return request.minorVersion >= 1 }
        // After a request with `Upgrade` the decoder stops reading requests, so the connection cannot continue.
        if names("close", in: options) || names("upgrade", in: options) { return false }
        return request.minorVersion >= 1 || names("keep-alive", in: options)
    }

    /// True if a comma-separated list contains the word, case-insensitively. Works on bytes because it runs for every
    /// request.
    private static func names(_ word: StaticString, in list: String) -> Bool {
        list.utf8.split(separator: 0x2C).contains { item in
            let item = item.drop { $0 == 0x20 }
            return item.prefix(word.utf8CodeUnitCount).count == word.utf8CodeUnitCount
                && zip(item, UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount))
                    .allSatisfy { $0 | 0x20 == $1 | 0x20 }
        }
    }
}
