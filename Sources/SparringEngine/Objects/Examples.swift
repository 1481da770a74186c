import SparringAPI

/// How an operation gets at a stored object by its id, and what becomes of ids that nobody has stored.
///
/// For every kind of object the one who keeps it on a shelf says how an example of it looks: made from the id alone, so that
/// the same id is the same object every time. An example is never put on the shelf: no list has it.
extension ObjectOperation {
    /// - Parameters:
    ///   - missing: the API's error for an id that it does not know.
    ///   - example: what a session that makes up objects gives in its place.
    func find<Value: Sendable>(
        _ id: String, on shelf: KeyPath<Objects, ObjectList<Value>>, else missing: @autoclosure () -> APIError,
        example: (String) -> Value
    ) throws(APIError) -> Value {
        if let value = session.adjust({ $0.objects[keyPath: shelf][id] }) { return value }
        guard validation == .examples else { throw missing() }
        return example(id)
    }

    /// As `find`, for an operation that changes the object; an example is changed and forgotten.
    /// - Parameter change: runs under the session's lock where the object is on the shelf, and must be short.
    /// - Returns: the object as it is now.
    func update<Value: Sendable>(
        _ id: String, on shelf: WritableKeyPath<Objects, ObjectList<Value>>, else missing: @autoclosure () -> APIError,
        example: (String) -> Value, _ change: (inout Value) -> Void
    ) throws(APIError) -> Value {
        let changed = session.adjust { state -> Value? in
            guard var value = state.objects[keyPath: shelf][id] else { return nil }
            change(&value)
            state.objects[keyPath: shelf][id] = value
            return value
        }
        if let changed { return changed }
        guard validation == .examples else { throw missing() }
        var value = example(id)
        change(&value)
        return value
    }

    /// As `find`, for an operation that deletes the object; an example is gone as it came.
    func remove<Value: Sendable>(
        _ id: String, from shelf: WritableKeyPath<Objects, ObjectList<Value>>, else missing: @autoclosure () -> APIError
    ) throws(APIError) {
        let wasThere = session.adjust { state in
            defer { state.objects[keyPath: shelf][id] = nil }
            return state.objects[keyPath: shelf][id] != nil
        }
        guard wasThere || validation == .examples else { throw missing() }
    }
}
