package import SparringAPI
import Synchronization

/// An `ObjectStore` in memory, with a limit of bytes. The default of an engine, for example in Swift tests.
package final class MemoryStore: ObjectStore {
    private struct State {
        /// The records of each kind, in order of creation.
        var lists: [Place: ObjectList<ObjectRecord>] = [:]
        var blobs: [BlobID: [UInt8]] = [:]
        var owners: [BlobID: String] = [:]
        var bytes = 0
        var lastBlob: Int64 = 0
        /// Counts the revisions of all records together, so that a reused key never repeats a revision.
        var lastRevision = 0
    }

    private struct Place: Hashable {
        var session: String
        var kind: ObjectKind
        /// The path of a collection; empty for other kinds.
        var collection: Substring = ""

        init(_ key: ObjectKey) {
            (session, kind) = (key.session, key.kind)
            if kind == .member { collection = key.id[..<(key.id.lastIndex(of: "/") ?? key.id.startIndex)] }
        }

        init(_ session: String, _ kind: ObjectKind, tag: String?) {
            (self.session, self.kind) = (session, kind)
            if kind == .member { collection = (tag ?? "")[...] }
        }
    }

    private let limit: Int
    private let state = Mutex(State())

    /// - Parameter limit: the maximum number of bytes of all blobs together.
    package init(limit: Int = 64 << 20) { self.limit = limit }

    package func record(_ key: ObjectKey) throws(StoreProblem) -> ObjectRecord? {
        state.withLock { $0.lists[Place(key)]?[key.id] }
    }

    package func page(_ session: String, _ kind: ObjectKind, tag: String?, unixTime: Int, _ query: ListQuery)
        throws(StoreProblem) -> ListPage<ObjectRecord>
    {
        // The list is read under the lock. If the list were read outside the lock, the next change would copy the whole list.
        state.withLock { state in
            state.lists[Place(session, kind, tag: tag)]?.page(query) { record in
                (tag == nil || record.tag == tag) && record.endsAt ?? .max > unixTime
            }
        } ?? ListPage(elements: [], hasMore: false)
    }

    package func all(_ kind: ObjectKind, tag: String) throws(StoreProblem) -> [ObjectRecord] {
        state.withLock { state in
            state.lists.filter { $0.key.kind == kind }.values.flatMap { $0.all.map(\.value) }
                .filter { $0.tag == tag }
        }
    }

    package func commit(_ changes: [ObjectChange]) throws(StoreProblem) -> Bool {
        let added = changes.reduce(0) { if case .append(let bytes, _) = $1 { $0 + bytes.count } else { $0 } }
        let outcome = state.withLock { state -> Bool? in
            guard state.bytes + added <= limit else { return nil }
            guard changes.allSatisfy({ Self.isCurrent($0, in: state) }) else { return false }
            for change in changes { Self.make(change, in: &state) }
            return true
        }
        guard let outcome else { throw full }
        return outcome
    }

    private static func isCurrent(_ change: ObjectChange, in state: State) -> Bool {
        switch change {
        case .put(let record): record.revision == state.lists[Place(record.key)]?[record.key.id]?.revision ?? 0
        case .remove(let key, let revision): revision == state.lists[Place(key)]?[key.id]?.revision
        case .keep, .drop, .discard, .append: true
        }
    }

    private static func make(_ change: ObjectChange, in state: inout State) {
        switch change {
        case .put(var record):
            state.lastRevision += 1
            record.revision = state.lastRevision
            state.lists[Place(record.key), default: ObjectList(capacity: .max)][record.key.id] = record
        case .remove(let key, _): state.lists[Place(key)]?[key.id] = nil
        case .keep(let blob, let session): state.owners[blob] = session
        case .drop(let blob):
            state.owners[blob] = nil
            state.bytes -= state.blobs.removeValue(forKey: blob)?.count ?? 0
        case .discard(let blob): if state.owners[blob] == nil { make(.drop(blob), in: &state) }
        case .append(let bytes, let blob):
            state.blobs[blob]?.append(contentsOf: bytes)
            state.bytes += bytes.count
        }
    }

    package func forget(session: String) throws(StoreProblem) {
        state.withLock { state in
            for place in state.lists.keys where place.session == session { state.lists[place] = nil }
            for (blob, owner) in state.owners where owner == session { Self.make(.drop(blob), in: &state) }
        }
    }

    package func makeBlob() throws(StoreProblem) -> BlobID {
        state.withLock { state in
            state.lastBlob += 1
            let blob = BlobID(number: state.lastBlob)
            state.blobs[blob] = []
            return blob
        }
    }

    package func append(_ bytes: [UInt8], to blob: BlobID) throws(StoreProblem) {
        _ = try commit([.append(bytes, blob)])
    }

    package func read(_ blob: BlobID, from offset: Int, count: Int) throws(StoreProblem) -> [UInt8] {
        state.withLock { state in
            guard let bytes = state.blobs[blob], offset < bytes.count else { return [] }
            return Array(bytes[offset..<min(bytes.count, offset + count)])
        }
    }

    private var full: StoreProblem {
        StoreProblem(
            "files in memory exceed the limit of \(limit >> 20) MB; `sparring serve` keeps files on disk")
    }
}
