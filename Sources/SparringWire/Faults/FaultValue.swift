/// What is said of a fault beside its name and its point.
package struct FaultParameter: Sendable, Hashable {
    package var name: String
    package var kind: Kind
    /// What holds where nothing is said; nil where it may be left out.
    package var usual: FaultValue?

    package init(_ name: String, _ kind: Kind, _ usual: FaultValue?) {
        self.name = name
        self.kind = kind
        self.usual = usual
    }

    package enum Kind: Sendable, Hashable {
        case count(ClosedRange<Int>)
        case duration
        /// Bytes: `300`, `64KB`, `5MB`.
        case size(ClosedRange<Int>)
        /// Bytes a second: `100/s`.
        case rate
        case text
        case choice([String])
        case inBandError
    }
}

package enum FaultValue: Sendable, Hashable {
    case integer(Int)
    case duration(Duration)
    case size(Int)
    case rate(Int)
    case text(String)
    case error(Fault.InBandError)
}

extension FaultValue: CustomStringConvertible {
    package var description: String {
        switch self {
        case .integer(let number): "\(number)"
        case .duration(let duration): duration.words
        case .size(let bytes): Self.size(bytes)
        case .rate(let bytes): "\(bytes)/s"
        case .text(let text): text
        case .error(let error): error.code ?? error.type
        }
    }

    private static func size(_ bytes: Int) -> String {
        if bytes > 0, bytes.isMultiple(of: 1_000_000) { return "\(bytes / 1_000_000)MB" }
        if bytes > 0, bytes.isMultiple(of: 1000) { return "\(bytes / 1000)KB" }
        return "\(bytes)"
    }
}

/// Arguments by their place. The grammar has checked count and kinds; what is missing is nothing.
extension [FaultValue] {
    package func integer(_ place: Int) -> Int {
        guard indices.contains(place) else { return 0 }
        return switch self[place] {
        case .integer(let number), .size(let number), .rate(let number): number
        case .duration, .text, .error: 0
        }
    }

    package func duration(_ place: Int) -> Duration {
        if indices.contains(place), case .duration(let duration) = self[place] { duration } else { .zero }
    }

    package func text(_ place: Int) -> String {
        if indices.contains(place), case .text(let text) = self[place] { text } else { "" }
    }

    package func error(_ place: Int) -> Fault.InBandError? {
        if indices.contains(place), case .error(let error) = self[place] { error } else { nil }
    }
}
