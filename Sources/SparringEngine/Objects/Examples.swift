import SparringAPI

/// Looks up stored objects by id and, in `examples` mode, invents objects for unknown ids.
///
/// Each kind of object defines its example. An example is made from the id alone, so the same id always gives the same object.
/// An example is never stored and appears in no list.
extension ObjectOperation {
    /// - Parameters:
    ///   - missing: the API's error for an unknown id.
    ///   - example: the object to return in `examples` mode.
    func find<Value: Sendable>(
        _ id: String, on objects: KeyPath<Objects, ObjectList<Value>>, else missing: @autoclosure () -> APIError,
        example: (String) -> Value
    ) throws(APIError) -> Value {
        if let value = session.adjust({ $0.objects[keyPath: objects][id] }) { return value }
        guard validation == .examples else { throw missing() }
        return example(id)
    }

    /// Like `find`, for an operation that changes the object. A changed example is not stored.
    /// - Parameter change: runs under the session's lock if the object is stored, so it must be short.
    /// - Returns: the changed object.
    func update<Value: Sendable>(
        _ id: String, on objects: WritableKeyPath<Objects, ObjectList<Value>>,
        else missing: @autoclosure () -> APIError,
        example: (String) -> Value, _ change: (inout Value) -> Void
    ) throws(APIError) -> Value {
        let changed = session.adjust { state -> Value? in
            guard var value = state.objects[keyPath: objects][id] else { return nil }
            change(&value)
            state.objects[keyPath: objects][id] = value
            return value
        }
        if let changed { return changed }
        guard validation == .examples else { throw missing() }
        var value = example(id)
        change(&value)
        return value
    }

    /// Like `find`, for an operation that deletes the object. Deleting an example has no effect.
    func remove<Value: Sendable>(
        _ id: String, from objects: WritableKeyPath<Objects, ObjectList<Value>>,
        else missing: @autoclosure () -> APIError
    ) throws(APIError) {
        let wasThere = session.adjust { state in
            defer { state.objects[keyPath: objects][id] = nil }
            return state.objects[keyPath: objects][id] != nil
        }
        guard wasThere || validation == .examples else { throw missing() }
    }
}
