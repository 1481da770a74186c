import SparringEngine

/// The reason why PostgreSQL did not do the work, in words that people can read.
package struct PostgresProblem: Error, Sendable, Hashable, CustomStringConvertible {
    package enum Kind: Sendable, Hashable {
        /// `libpq` is not installed.
        case missingLibrary
        /// No server answers at the address, or the server is starting or has too many connections.
        case unreachable
        /// The server answers, but refuses the user, the password or the database.
        case refused
        /// The connection broke while it was in use.
        case lost
        /// The server did not answer in time.
        case timeout
        /// Another transaction was in conflict: a deadlock, or a failed serialization.
        case conflict
        /// The connection broke during a commit, which may or may not have been made.
        case unknownOutcome
        /// The server rejects the statement, or is short of disk or memory.
        case statement
        /// The tables were made by a newer Sparring.
        case newerSchema
    }

    package var kind: Kind
    package var description: String

    package init(_ kind: Kind, _ description: String) {
        self.kind = kind
        self.description = description
    }

    /// - Parameter state: the SQLSTATE of an error response.
    ///
    /// Source: https://www.postgresql.org/docs/current/errcodes-appendix.html
    init(state: String, message: String) {
        let kind: Kind =
            switch state {
            case "40001", "40P01", "55P03": .conflict
            case "57P01", "57P02", "57P03", "25P03": .lost
            case "53300": .unreachable
            case "57014": .timeout
            case "3D000": .refused
            default: state.hasPrefix("08") ? .lost : state.hasPrefix("28") ? .refused : .statement
            }
        self.init(kind, "PostgreSQL reports \(message) (SQLSTATE \(state))")
    }

    /// Whether the same work may succeed a moment later, on another connection or by chance.
    var isPassing: Bool {
        switch kind {
        case .unreachable, .lost, .conflict: true
        case .missingLibrary, .refused, .timeout, .unknownOutcome, .statement, .newerSchema: false
        }
    }

    /// Whether a connection with this problem cannot be used again.
    var endsConnection: Bool {
        switch kind {
        case .unreachable, .refused, .lost, .timeout, .unknownOutcome, .missingLibrary: true
        case .conflict, .statement, .newerSchema: false
        }
    }
}

extension StoreProblem {
    init(_ problem: PostgresProblem) { self.init(problem.description) }
}
