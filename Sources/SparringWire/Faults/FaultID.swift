/// Identifies a fault in one exchange. The id is assigned when the fault is ordered; all later stages use the same id, up to the timeline.
package struct FaultID: Sendable, Hashable, Comparable {
    /// The fault's position in the exchange's list, as reports write it.
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

/// A fault ordered for an exchange.
package struct OrderedFault: Sendable, Hashable {
    package let id: FaultID
    package let fault: Fault

    package init(_ fault: Fault, id: FaultID) {
        self.fault = fault
        self.id = id
    }
}

extension [Fault] {
    /// The faults with their ids, in the order of the list.
    ///
    /// - Parameter count: the number of faults that the exchange lists before these faults.
    package func ordered(after count: Int = 0) -> [OrderedFault] {
        guard !isEmpty else { return [] }
        return enumerated().map { OrderedFault($0.element, id: FaultID(count + $0.offset)) }
    }
}

/// Collects the faults of one exchange that cannot take effect, each with a reason that people can read.
///
/// All layers use the same collection. A later reason replaces an earlier reason, because the later reason is closer to the wire.
package struct FaultOutcomes: Sendable, Hashable {
    package private(set) var missed: [FaultID: String] = [:]

    package init() {}

    package mutating func miss(_ id: FaultID, _ reason: String) { missed[id] = reason }

    /// Removes a missed fault that takes effect after all.
    package mutating func strike(_ id: FaultID) { missed[id] = nil }

    package func isMissed(_ id: FaultID) -> Bool { missed[id] != nil }

    /// The reasons, in the order of the faults' ids.
    package var reasons: [(id: FaultID, reason: String)] {
        missed.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }
}
