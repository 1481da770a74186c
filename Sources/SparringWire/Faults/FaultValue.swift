/// A parameter of a fault, in addition to its name and point.
package struct FaultParameter: Sendable, Hashable {
    package var name: Name
    package var kind: Kind
    /// The default; nil for an optional parameter without a default.
    package var usual: FaultValue?

    package init(_ name: Name, _ kind: Kind, _ usual: FaultValue?) {
        self.name = name
        self.kind = kind
        self.usual = usual
    }

    /// The parameter's name in scenarios.
    package enum Name: String, Sendable, Hashable {
        case code, count, duration, error, field, flaw, form, last, location, pause, rate, size, status, text, times
        case type, when, which
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
