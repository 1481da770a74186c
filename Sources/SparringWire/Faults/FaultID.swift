/// Names a fault among those of one exchange. It is given once, where faults are ordered, and goes with the fault from there to
/// the timeline.
package struct FaultID: Sendable, Hashable, Comparable {
    /// As reports write it: the fault's place among those that the exchange lists.
    package let number: Int

    package init(_ number: Int) { self.number = number }

    package static func < (a: FaultID, b: FaultID) -> Bool { a.number < b.number }
}

extension FaultID: ExpressibleByIntegerLiteral {
    package init(integerLiteral number: Int) { self.init(number) }
}

extension FaultID: CustomStringConvertible {
    package var description: String { "\(number)" }
}

/// A fault that an exchange is to have.
package struct OrderedFault: Sendable, Hashable {
    package let id: FaultID
    package let fault: Fault

    package init(_ fault: Fault, id: FaultID) {
        self.fault = fault
        self.id = id
    }
}

extension Collection<Fault> {
    /// With ids in the order of the list.
    ///
    /// - Parameter count: of the faults that the exchange lists before these.
    package func ordered(after count: Int = 0) -> [OrderedFault] {
        enumerated().map { OrderedFault($0.element, id: FaultID(count + $0.offset)) }
    }
}

/// Collects what becomes of the faults of one exchange: those that cannot take effect, and why, in words for a person.
///
/// Every layer adds to the same one. Of two reasons for a fault the later counts, as it is the nearer to the wire.
package struct FaultOutcomes: Sendable, Hashable {
    package private(set) var missed: [FaultID: String] = [:]

    package init() {}

    package mutating func miss(_ id: FaultID, _ reason: String) { missed[id] = reason }

    /// It takes effect after all.
    package mutating func strike(_ id: FaultID) { missed[id] = nil }

    package func isMissed(_ id: FaultID) -> Bool { missed[id] != nil }

    /// In the order of their ids.
    package var reasons: [(id: FaultID, reason: String)] {
        missed.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }
}
