package import SparringAPI

/// The objects of one kind in a session, by id, in order of creation.
///
/// Keeps the newest `capacity` objects. Older ones are dropped as if deleted; `dropped` counts them. A page is found
/// without reading the objects before it.
package struct ObjectList<Value: Sendable>: Sendable {
    private struct Place: Sendable {
        /// The object's number among all objects that were ever added. This number grows along `places`.
        var number: Int
        var id: String
    }

    private struct Entry: Sendable {
        var number: Int
        var value: Value
    }

    /// The places of the objects, oldest first. The entries before `oldest` are places of dropped objects; these entries are removed in
    /// groups, so that a full list does not move all places for each new object.
    private var places: [Place] = []
    private var oldest = 0
    private var entries: [String: Entry] = [:]
    private var lastNumber = 0
    private let capacity: Int
    package private(set) var dropped = 0

    package init(capacity: Int = 10_000) { self.capacity = capacity }

    package init(_ elements: [(id: String, value: Value)]) {
        self.init(capacity: .max)
        for element in elements { self[element.id] = element.value }
    }

    package var count: Int { entries.count }

    /// All objects, in order.
    package var all: [(id: String, value: Value)] {
        places[oldest...].compactMap { place in entries[place.id].map { (place.id, $0.value) } }
    }

    /// Setting nil removes an object. A new id is added at the end; a known id keeps its place.
    package subscript(id: String) -> Value? {
        get { entries[id]?.value }
        set {
            guard let newValue else {
                if let entry = entries.removeValue(forKey: id) { places.remove(at: index(of: entry.number)) }
                return
            }
            guard entries[id] == nil else {
                entries[id]?.value = newValue
                return
            }
            lastNumber += 1
            entries[id] = Entry(number: lastNumber, value: newValue)
            places.append(Place(number: lastNumber, id: id))
            guard places.count - oldest > capacity else { return }
            entries.removeValue(forKey: places[oldest].id)
            oldest += 1
            dropped += 1
            guard oldest > capacity else { return }
            places.removeFirst(oldest)
            oldest = 0
        }
    }

    /// The index of a place, by binary search.
    private func index(of number: Int) -> Int {
        var (low, high) = (oldest, places.count)
        while low < high {
            let middle = (low + high) / 2
            if places[middle].number < number { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// A page of the objects that `isWanted` accepts. If `after` names an unknown id, the page is empty; an unknown id in `before` does not
    /// limit the page.
    package func page(_ query: ListQuery, where isWanted: (Value) -> Bool = { _ in true }) -> ListPage<Value> {
        let isAscending = query.order == .ascending
        var (low, high) = (oldest, places.count)
        if let after = query.after {
            guard let entry = entries[after], isWanted(entry.value) else {
                return ListPage(elements: [], hasMore: false)
            }
            let index = index(of: entry.number)
            if isAscending { low = index + 1 } else { high = index }
        }
        if let before = query.before, let entry = entries[before], isWanted(entry.value) {
            let index = index(of: entry.number)
            if isAscending { high = min(high, index) } else { low = max(low, index + 1) }
        }
        var found: [(id: String, value: Value)] = []
        guard low < high else { return ListPage(elements: [], hasMore: false) }
        for step in 0..<(high - low) {
            let id = places[isAscending ? low + step : high - 1 - step].id
            guard let value = entries[id]?.value, isWanted(value) else { continue }
            guard found.count < query.limit else { return ListPage(elements: found, hasMore: true) }
            found.append((id, value))
        }
        return ListPage(elements: found, hasMore: false)
    }
}
