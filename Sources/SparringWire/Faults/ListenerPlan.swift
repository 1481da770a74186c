/// Which faults befall the connections of a listener, in the order in which they are accepted.
package struct ListenerPlan: Sendable, Hashable {
    /// An entry a connection; an empty one leaves it whole.
    package var sequence: [[Fault]]
    package var then: Then

    /// What follows the last entry.
    package enum Then: String, Sendable, Hashable, CaseIterable {
        case last, cycle, ok
    }

    package init(sequence: [[Fault]] = [], then: Then = .last) {
        self.sequence = sequence
        self.then = then
    }

    package var isEmpty: Bool { sequence.allSatisfy(\.isEmpty) }

    /// - Parameter connection: from 1.
    package func faults(of connection: Int) -> [Fault] {
        guard let last = sequence.last else { return [] }
        guard connection > sequence.count else { return sequence[max(0, connection - 1)] }
        return switch then {
        case .last: last
        case .cycle: sequence[(connection - 1) % sequence.count]
        case .ok: []
        }
    }

    /// Those that make sense in TLS alone.
    package var tlsFaults: [Fault] { sequence.flatMap(\.self).filter(\.needsTLS) }
}
