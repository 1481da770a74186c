package import SparringAPI
import SparringWire

/// Keeps what outlives a request and may be large: records of files, uploads and batches, and the bytes behind them.
///
/// In memory here, in SQLite above (`SparringStore`). May block; called off the event loops. What has been committed is there
/// after a crash, where the store is a file that stays.
package protocol ObjectStore: Sendable {
    func record(_ key: ObjectKey) throws(StoreProblem) -> ObjectRecord?

    /// A part of a list, in the order in which the records were made.
    /// - Parameters:
    ///   - tag: only records that have it; nil for all.
    ///   - unixTime: of the session; records that end before it are not there.
    func page(_ session: String, _ kind: ObjectKind, tag: String?, unixTime: Int, _ query: ListQuery)
        throws(StoreProblem) -> ListPage<ObjectRecord>

    /// Every record of a kind, in all sessions: what is to be gone on with after a restart.
    func all(_ kind: ObjectKind, tag: String) throws(StoreProblem) -> [ObjectRecord]

    /// Makes all of these changes, or none.
    /// - Returns: false, and nothing has changed, where a record has been changed by somebody else since it was read.
    func commit(_ changes: [ObjectChange]) throws(StoreProblem) -> Bool

    /// Lets go of everything that a session holds.
    func forget(session: String) throws(StoreProblem)

    /// A place for bytes. It is lost with the server until a commit keeps it.
    func makeBlob() throws(StoreProblem) -> BlobID

    func append(_ bytes: [UInt8], to blob: BlobID) throws(StoreProblem)

    /// Bytes from `offset` on: at least one, at most `count`, as many as lie together; none at the end.
    func read(_ blob: BlobID, from offset: Int, count: Int) throws(StoreProblem) -> [UInt8]
}

/// Names a place for bytes.
package struct BlobID: Sendable, Hashable {
    package var number: Int64

    package init(number: Int64) { self.number = number }
}

/// Of records. The raw value is what a file has.
package enum ObjectKind: String, Sendable, CaseIterable {
    case file
    case upload
    case batch
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

/// What a store keeps of an object: enough to find it, and the object itself as JSON.
package struct ObjectRecord: Sendable, Hashable {
    package var key: ObjectKey
    /// What lists are filtered by: the purpose of a file.
    package var tag: String
    /// Unix seconds of the session's time: from then on it is not there any more.
    package var endsAt: Int?
    package var json: [UInt8]
    /// Another one after each commit, and never again that of a record that had the same key before; 0 for one that is not in the
    /// store yet.
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
    /// Where the store has the record at this revision; it then has another one.
    case put(ObjectRecord)
    /// Where it has it at this revision.
    case remove(ObjectKey, revision: Int)
    /// The bytes stay, as long as the session does.
    case keep(BlobID, session: String)
    /// The bytes go.
    case drop(BlobID)
    /// The bytes go unless a session keeps them.
    case discard(BlobID)
    case append([UInt8], BlobID)
}

/// Why a store cannot do its work: no room, a disk that fails. In words for a person.
package struct StoreProblem: Error, Sendable, Hashable, CustomStringConvertible {
    package var description: String

    package init(_ description: String) { self.description = description }
}

extension APIError {
    /// Said in our own name: the API has no such error.
    init(_ problem: StoreProblem) {
        self.init(
            status: 500, type: "server_error", message: "Sparring: this cannot be kept: \(problem).",
            code: "sparring_storage", headers: ["x-should-retry": "false"])
    }
}
