import SparringHTTP

extension FuzzTarget {
    /// The end of a request's head, its length, and whether it is UTF-8.
    static let requestHead = FuzzTarget("request-head") { bytes in
        Cuts.compare(bytes) { pieces in
            var scanner = HeadScanner()
            var offset = 0
            for piece in pieces {
                switch piece.withUnsafeBytes({ scanner.scan($0) }) {
                case .goesOn: offset += piece.count
                case .ends(let end): return "ends after \(offset + end), with a length of \(scanner.count)"
                case .notUTF8: return "not UTF-8"
                }
            }
            return "goes on"
        }
    }
}
