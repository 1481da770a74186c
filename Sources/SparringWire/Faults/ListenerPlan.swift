/// The faults for the connections of a listener, in the order of acceptance.
package struct ListenerPlan: Sendable, Hashable {
    /// One entry for each connection; an empty entry has no faults.
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

    /// - Parameter connection: the number of the connection, from 1.
    package func faults(of connection: Int) -> [Fault] {
        guard let last = sequence.last else { return [] }
        guard connection > sequence.count else { return sequence[max(0, connection - 1)] }
        return switch then {
        case .last: last
        case .cycle: sequence[(connection - 1) % sequence.count]
        case .ok: []
        }
    }

    /// The faults that need TLS.
    package var tlsFaults: [Fault] { sequence.flatMap(\.self).filter(\.needsTLS) }
}
