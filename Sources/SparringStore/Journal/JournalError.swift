/// The reason why a file cannot be used for the journal. The description names the file.
package struct JournalError: Error, Sendable, CustomStringConvertible {
    package enum Kind: Sendable, Hashable {
        /// The file belongs to another program, or was written by a newer version of Sparring. The file is not changed in this case.
        case foreign
        /// The file cannot be opened, created or written.
        case unusable
    }

    package var kind: Kind
    package var description: String

    static func foreign(_ path: String, _ reason: String) -> JournalError {
        JournalError(kind: .foreign, description: "\(path): \(reason)")
    }

    static func unusable(_ path: String, _ reason: String) -> JournalError {
        JournalError(kind: .unusable, description: "\(path): \(reason)")
    }
}
