package import SparringAPI

/// The objects of one kind that a session holds, by id, in the order in which they were made.
///
/// Holds the newest `capacity`; what goes for lack of room is gone as if it had been deleted, and `dropped` counts it.
package struct ObjectList<Value: Sendable>: Sendable {
    /// The oldest first. Those before `oldest` have been dropped; they go together, so that a full shelf moves none for each new one.
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

    /// Everything, in order.
    package var all: [(id: String, value: Value)] { ids.compactMap { id in values[id].map { (id, $0) } } }

    /// Nil removes. A new id goes to the end, a known one keeps its place.
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

    /// A part of the list of those that `isWanted`. Nothing comes after an object that is not
    /// there, and everything before it.
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
