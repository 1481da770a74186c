package import SparringAPI

/// The objects of one kind in a session, by id, in order of creation.
///
/// Keeps the newest `capacity` objects. Older ones are dropped as if deleted; `dropped` counts them.
package struct ObjectList<Value: Sendable>: Sendable {
    /// The ids, oldest first. Ids before `oldest` have been dropped; they are removed in groups, so that a full list
    /// does not move all ids for each new one.
    private var ids: [String] = []
    private var oldest = 0
    private var values: [String: Value] = [:]
    private let capacity: Int
    package private(set) var dropped = 0

    package init(capacity: Int = 10_000) { self.capacity = capacity }

    package init(_ elements: [(id: String, value: Value)]) {
        self.init(capacity: .max)
        for element in elements { self[element.id] = element.value }
    }

    package var count: Int { values.count }

    /// All objects, in order.
    package var all: [(id: String, value: Value)] { ids.compactMap { id in values[id].map { (id, $0) } } }

    /// Nil removes an object. A new id is added at the end; a known id keeps its place.
    package subscript(id: String) -> Value? {
        get { values[id] }
        set {
            guard let newValue else {
                if values.removeValue(forKey: id) != nil, let place = ids[oldest...].lastIndex(of: id) {
                    ids.remove(at: place)
                }
                return
            }
            if values.updateValue(newValue, forKey: id) == nil { ids.append(id) }
            guard ids.count - oldest > capacity else { return }
            values.removeValue(forKey: ids[oldest])
            oldest += 1
            dropped += 1
            guard oldest > capacity else { return }
            ids.removeFirst(oldest)
            oldest = 0
        }
    }

    /// A page of the objects that `isWanted` accepts. `after` an unknown id the page is empty; `before` an unknown id
    /// it is not limited.
    package func page(_ query: ListQuery, where isWanted: (Value) -> Bool = { _ in true }) -> ListPage<Value> {
        var wanted = ids[oldest...].filter { id in values[id].map(isWanted) ?? false }
        if query.order == .descending { wanted.reverse() }
        if let after = query.after {
            wanted = wanted.firstIndex(of: after).map { Array(wanted[($0 + 1)...]) } ?? []
        }
        if let before = query.before, let end = wanted.firstIndex(of: before) { wanted = Array(wanted[..<end]) }
        let part = wanted.prefix(query.limit)
        return ListPage(
            elements: part.compactMap { id in values[id].map { (id, $0) } }, hasMore: wanted.count > part.count)
    }
}
