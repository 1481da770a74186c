package import SparringAPI
import SparringWire

/// Stores objects that may be large and outlive a request: records of files, uploads and batches, and their bytes.
///
/// Implemented in memory here, in SQLite in `SparringStore`, and in PostgreSQL in `SparringPostgres`. A store may block, so it must not be called on an
/// event loop. In a permanent store, a commit survives a crash.
package protocol ObjectStore: Sendable {
    func record(_ key: ObjectKey) throws(StoreProblem) -> ObjectRecord?

    /// A page of a list, in order of creation.
    /// - Parameters:
    ///   - tag: returns only records with this tag; nil for all.
    ///   - unixTime: session time; records that end before it are left out.
    func page(_ session: String, _ kind: ObjectKind, tag: String?, unixTime: Int, _ query: ListQuery)
        throws(StoreProblem) -> ListPage<ObjectRecord>

    /// All records of a kind with this tag, in all sessions: the work to continue after a restart.
    func all(_ kind: ObjectKind, tag: String) throws(StoreProblem) -> [ObjectRecord]

    /// Makes all of these changes, or none.
    /// - Returns: false, without any change, if another writer has changed a record since it was read.
    func commit(_ changes: [ObjectChange]) throws(StoreProblem) -> Bool

    /// Deletes all records and bytes of a session.
    func forget(session: String) throws(StoreProblem)

    /// Makes an empty blob. The blob is lost when the server ends, unless a commit keeps it.
    func makeBlob() throws(StoreProblem) -> BlobID

    func append(_ bytes: [UInt8], to blob: BlobID) throws(StoreProblem)

    /// Reads 1 to `count` contiguous bytes from `offset`; none at the end.
    func read(_ blob: BlobID, from offset: Int, count: Int) throws(StoreProblem) -> [UInt8]

    /// True if servers in other processes are expected to work on the same records at the same time.
    var isShared: Bool { get }

    /// Claims a record for work that takes more than one commit. The claim ends with `release`, and with the process.
    ///
    /// A claim avoids work that another server is already doing. Results are exact without claims too: a claim can be lost without notice,
    /// and a commit based on an older revision fails with or without a claim.
    /// - Returns: false if another server has the claim.
    func claim(_ key: ObjectKey) throws(StoreProblem) -> Bool

    /// Ends a claim, if this server has one.
    func release(_ key: ObjectKey)
}

/// A store that one server uses has no claims.
extension ObjectStore {
    package var isShared: Bool { false }
    package func claim(_ key: ObjectKey) throws(StoreProblem) -> Bool { true }
    package func release(_ key: ObjectKey) {}
}

/// Identifies stored bytes.
package struct BlobID: Sendable, Hashable {
    package var number: Int64

    package init(number: Int64) { self.number = number }
}

/// The kind of a record. The raw value is stored in files.
package enum ObjectKind: String, Sendable, CaseIterable {
    case file
    case upload
    case batch
    /// An object of a collection. The record's id is the collection's path followed by the object's own id; its tag is the path.
    case member
}

package struct ObjectKey: Sendable, Hashable {
    package var session: String
    package var kind: ObjectKind
    package var id: String

    package init(session: String, kind: ObjectKind, id: String) {
        self.session = session
        self.kind = kind
        self.id = id
    }
}

/// A stored object: the values that queries need, and the object itself as JSON.
package struct ObjectRecord: Sendable, Hashable {
    package var key: ObjectKey
    /// The value that lists are filtered by, such as the purpose of a file.
    package var tag: String
    /// Unix seconds of session time from which the record no longer exists.
    package var endsAt: Int?
    package var json: [UInt8]
    /// Changes with each commit, and is never reused for the same key. 0 for a record that is not stored yet.
    package var revision: Int

    package init(key: ObjectKey, tag: String, endsAt: Int? = nil, json: [UInt8], revision: Int = 0) {
        self.key = key
        self.tag = tag
        self.endsAt = endsAt
        self.json = json
        self.revision = revision
    }
}

package enum ObjectChange: Sendable {
    /// Writes the record if the stored record has this revision; the record then gets a new one.
    case put(ObjectRecord)
    /// Removes the record if it has this revision.
    case remove(ObjectKey, revision: Int)
    /// Keeps the bytes as long as the session exists.
    case keep(BlobID, session: String)
    /// Deletes the bytes.
    case drop(BlobID)
    /// Deletes the bytes unless a session keeps them.
    case discard(BlobID)
    case append([UInt8], BlobID)
}

/// The reason why a store failed, such as a full disk, in words for people.
package struct StoreProblem: Error, Sendable, Hashable, CustomStringConvertible {
    package var description: String

    package init(_ description: String) { self.description = description }
}

extension APIError {
    /// The error is in Sparring's name, because the API has no such error.
    init(_ problem: StoreProblem) {
        self.init(
            status: 500, type: "server_error", message: "Sparring: the server could not store this: \(problem).",
            code: "sparring_storage", headers: ["x-should-retry": "false"])
    }
}
