import SparringWire

extension FuzzTarget {
    /// A multipart body with the boundary `b`.
    static let multipart = FuzzTarget("multipart") { bytes in
        Cuts.compare(bytes) { pieces in
            var parser = MultipartParser(boundary: "b")
            var (heads, data): ([String], [UInt8]) = ([], [])
            do {
                for piece in pieces {
                    try piece.withUnsafeBytes { bytes in
                        try parser.feed(bytes) { token in
                            switch token {
                            case .part(let head): heads.append("\(head)")
                            case .data(let bytes): data += bytes
                            case .partEnd: heads.append("end at \(data.count)")
                            }
                        }
                    }
                }
            } catch {
                return "\(error)"
            }
            return "\(heads), \(data), complete: \(parser.isComplete)"
        }
    }
}
