import SparringAPI
import SparringJSON

/// The stored objects of one collection of a session, such as the files of a vector store.
struct StoredCollection: Sendable {
    let store: any ObjectStore
    let session: String
    /// Identifies the collection: `vector_stores/vs_1/files`.
    let path: String

    /// A stored object, with the revision that the next change must state.
    struct Member: Sendable {
        var id: String
        var json: JSONValue
        var revision: Int
    }

    func find(_ id: String) throws(StoreProblem) -> Member? { try store.record(key(id)).flatMap(member) }

    /// A page of objects in order of creation.
    /// - Parameter isWanted: selects members. Reading continues until the page is full.
    func page(
        _ query: ListQuery, where isWanted: (Member) -> Bool = { _ in true }
    ) throws(StoreProblem) -> ListPage<Member> {
        var query = query
        query.after = query.after.map { key($0).id }
        query.before = query.before.map { key($0).id }
        var found: [(id: String, value: Member)] = []
        let wanted = query.limit
        // One object more than the page needs shows whether there is another page.
        query.limit = wanted + 1
        while true {
            let page = try store.page(session, .member, tag: path, unixTime: 0, query)
            for element in page.elements {
                guard let member = member(element.value), isWanted(member) else { continue }
                found.append((member.id, member))
            }
            guard found.count <= wanted, page.hasMore, let last = page.elements.last?.id else { break }
            query.after = last
        }
        return ListPage(elements: Array(found.prefix(wanted)), hasMore: found.count > wanted)
    }

    /// The change that writes an object.
    /// - Parameter revision: 0 for a new object.
    func put(_ id: String, _ json: JSONValue, revision: Int = 0) -> ObjectChange {
        .put(ObjectRecord(key: key(id), tag: path, json: json.serialized(), revision: revision))
    }

    func remove(_ member: Member) -> ObjectChange { .remove(key(member.id), revision: member.revision) }

    private func key(_ id: String) -> ObjectKey {
        ObjectKey(session: session, kind: .member, id: "\(path)/\(id)")
    }

    private func member(_ record: ObjectRecord) -> Member? {
        guard let json = try? JSONValue.parse(record.json) else { return nil }
        return Member(
            id: String(decoding: record.key.id.utf8.dropFirst(path.utf8.count + 1), as: UTF8.self), json: json,
            revision: record.revision)
    }
}

extension ObjectOperation {
    func objects(_ path: String) -> StoredCollection {
        StoredCollection(store: store, session: session.name, path: path)
    }

    /// Runs an attempt of reading and changing, and commits it. Repeats the attempt if another request made a change in
    /// between.
    /// - Parameter attempt: returns the changes to commit, and the value to return after the commit.
    func commit<Value>(_ attempt: () throws(APIError) -> (Value, [ObjectChange])) throws(APIError) -> Value {
        for _ in 0..<100 {
            let (value, changes) = try attempt()
            if changes.isEmpty { return value }
            if try stored({ (store) throws(StoreProblem) in try store.commit(changes) }) { return value }
        }
        throw APIError(StoreProblem("other requests kept changing the same object"))
    }
}
