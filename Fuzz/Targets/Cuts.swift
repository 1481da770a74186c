/// The ways in which the network may deliver the same bytes.
enum Cuts {
    /// The maximum number of places at which long input is cut in two.
    private static let mostPlaces = 48

    /// The input as a whole, byte by byte, and cut in two at each place. Long input is cut at places with equal distances.
    static func all(_ bytes: [UInt8]) -> [[[UInt8]]] {
        let step = max(1, bytes.count / mostPlaces)
        return [[bytes], bytes.map { [$0] }]
            + stride(from: 1, to: bytes.count, by: step).map { [Array(bytes[..<$0]), Array(bytes[$0...])] }
    }

    /// Reads the bytes in each way. Returns a finding if the result of one way differs from the result of the first.
    static func compare<Result: Equatable>(_ bytes: [UInt8], _ read: ([[UInt8]]) -> Result) -> String? {
        let whole = read([bytes])
        for pieces in all(bytes).dropFirst() {
            let result = read(pieces)
            guard result == whole else {
                return "whole: \(whole); in pieces of \(pieces.prefix(2).map(\.count)) bytes: \(result)"
            }
        }
        return nil
    }
}
