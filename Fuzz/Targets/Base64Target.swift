import Foundation
import SparringAPI

extension FuzzTarget {
    /// Tests Base64 in both directions, compared with Foundation's.
    static let base64 = FuzzTarget("base64") { bytes in
        let text = Base64.text(bytes)
        guard text == Data(bytes).base64EncodedString() else { return "written as \(text)" }
        guard Base64.decode(text[...]) == bytes else { return "not read again: \(text)" }
        let given = String(decoding: bytes, as: UTF8.self)
        guard let theirs = Data(base64Encoded: given), let ours = Base64.decode(given[...]) else { return nil }
        return Array(theirs) == ours ? nil : "'\(given)' is \(ours), by Foundation \(Array(theirs))"
    }
}
