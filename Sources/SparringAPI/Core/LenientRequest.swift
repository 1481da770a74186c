package import SparringJSON
package import SparringWire

/// A request in the form that the checks read. In a session that is not strict, a parameter that causes an error is removed, and the
/// request is checked again.
///
/// Only this type implements leniency: the checks do not depend on it, and later code reads only what the checks accepted. An operation
/// must not change anything before it throws an error.
package struct LenientRequest: Sendable {
    let endpoint: Endpoint
    /// The parsed body; nil if there is no body, or if the body is not JSON.
    package private(set) var body: JSONValue?
    package private(set) var query: QueryItems
    package private(set) var models: ModelTable
    /// The model name that was accepted although there is no such model.
    private var admitted: String?

    package init(_ endpoint: Endpoint, body: JSONValue?, query: QueryItems = QueryItems(), models: ModelTable) {
        self.endpoint = endpoint
        self.body = body
        self.query = query
        self.models = models
    }

    /// The maximum number of errors that are ignored for one request.
    private static let mostComplaints = 256

    /// - Parameter validation: evaluated only if the check throws.
    /// - Throws: in a strict session the first error, else the first error that removing a parameter does not resolve.
    package func passing<Value>(
        _ validation: @autoclosure () throws(APIError) -> Validation,
        _ check: (LenientRequest) throws(APIError) -> Value
    ) throws(APIError) -> Value {
        do throws(APIError) {
            return try check(self)
        } catch {
            let validation = try validation()
            guard validation != .strict else { throw error }
            return try mended(validation, error, check)
        }
    }

    /// The checked call of a model.
    ///
    /// - Parameters:
    ///   - validation: evaluated only if the check throws.
    ///   - memory: the session's stored state that the body refers to.
    package func call(
        _ validation: @autoclosure () throws(APIError) -> Validation, memory: ResponsesMemory = ResponsesMemory()
    ) throws(APIError) -> any CheckedCall {
        try passing(try validation()) { (draft) throws(APIError) in
            try draft.endpoint.check(draft.body, models: draft.models, memory: memory)
        }
    }

    private func mended<Value>(
        _ validation: Validation, _ first: APIError, _ check: (LenientRequest) throws(APIError) -> Value
    ) throws(APIError) -> Value {
        var draft = self
        var complaint = first
        /// The first error about each parameter, which is reported if the parameter turns out to be required.
        var known: [String: APIError] = [:]
        for _ in 0..<Self.mostComplaints {
            guard let place = complaint.place else { throw complaint }
            let isNew = known[place.parameter] == nil
            let standing = known[place.parameter, default: complaint]
            known[place.parameter] = standing
            guard draft.mend(place, inventing: validation == .examples && isNew) else { throw standing }
            do throws(APIError) {
                return try check(draft)
            } catch {
                complaint = error
            }
        }
        throw complaint
    }

    /// Changes the request at the place of an error. Returns false if no change is possible.
    private mutating func mend(_ place: ParameterPath, inventing: Bool) -> Bool {
        let name = place.parameter
        let given = body?[name]
        if name == "model", let id = given?.string, !id.isEmpty {
            guard admitted != id, models.policy == .lenient else { return false }
            admitted = id
            models = models.admitting(id, to: endpoint)
            return true
        }
        if inventing, given?.isBlank ?? true, query[name] == nil, let example = endpoint.example(of: name) {
            var object = body?.object ?? JSONObject()
            object[name] = example
            body = .object(object)
            return true
        }
        if given != nil { return body?.remove(place.steps[...]) ?? false }
        return query.remove(name)
    }

}

extension JSONValue {
    fileprivate var isBlank: Bool {
        switch self {
        case .null, .string(""), .array([]): true
        default: false
        }
    }
}
