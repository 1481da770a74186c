package import SparringJSON
package import SparringWire

/// A request as checks read it. Where one complains, and the session is not strict, the request is read again without what
/// the complaint is about.
///
/// That keeps leniency in one place: checks stay what they are, and whoever reads a request after them finds nothing in it
/// that they have not passed. An operation that complains must not have changed anything yet.
package struct LenientRequest: Sendable {
    let endpoint: Endpoint
    /// Nil where there is none, or none that is JSON.
    package private(set) var body: JSONValue?
    package private(set) var query: QueryItems
    package private(set) var models: ModelTable
    /// The model that was let in, whatever its name.
    private var admitted: String?

    package init(_ endpoint: Endpoint, body: JSONValue?, query: QueryItems = QueryItems(), models: ModelTable) {
        self.endpoint = endpoint
        self.body = body
        self.query = query
        self.models = models
    }

    /// Complaints about one request that are set aside.
    private static let mostComplaints = 256

    /// - Parameter validation: asked for only where the check complains.
    /// - Throws: the complaint that stands: the first one in a strict session, else the first about something that cannot be
    ///   left out.
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

    /// The request to a model that it comes to.
    ///
    /// - Parameters:
    ///   - validation: asked for only where the check complains.
    ///   - memory: what the session holds of what the body asks for.
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
        /// The first complaint about each parameter: the one to report where the parameter turns out to be needed.
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

    /// False where nothing can be changed that would silence a complaint about that place.
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
