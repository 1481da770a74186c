package import SparringJSON
package import SparringWire

/// Checks a request for an operation of the document, in the API's words.
package struct OperationCheck {
    private let document: OpenAPIDocument
    private let description: OperationDescription

    package init(_ operation: APIOperation, in document: OpenAPIDocument) {
        self.document = document
        description = document.description(of: operation)
    }

    /// - Parameters:
    ///   - body: the JSON, or the fields of a form; nil if the body is neither JSON nor a form.
    ///   - hasBody: whether the request has a body of any kind.
    /// - Throws: the API's 400 about the first wrong parameter.
    package func check(
        query: QueryItems, body: JSONValue?, hasBody: Bool, isForm: Bool
    ) throws(APIError) {
        for parameter in description.parameters where parameter.place == .query {
            try check(parameter, in: query)
        }
        guard let wanted = description.body else { return }
        guard let object = body?.object else {
            if hasBody { throw .unparsable }
            return try SchemaCheck(document: document).check([:], wanted.schema, at: "")
        }
        if isForm { return try check(form: object, wanted.schema) }
        try SchemaCheck(document: document).check(.object(object), wanted.schema, at: "")
    }

    private func check(_ parameter: OperationDescription.Parameter, in query: QueryItems) throws(APIError) {
        guard let text = query[parameter.name] else {
            guard !parameter.isRequired || !query.elements(of: parameter.name).isEmpty else { return }
            guard parameter.isRequired, query.members(of: parameter.name).isEmpty else { return }
            throw .missing(parameter.name)
        }
        let schema = document.resolved(parameter.schema)
        switch schema["type"]?.string ?? schema["type"]?[0]?.string {
        case "integer":
            guard let number = Int(text) else { throw QueryItems.unreadable(parameter.name, "an integer") }
            // The document states no bounds. This lower bound of a page's size holds for every list of the API.
            if parameter.name == "limit", description.page != nil, number < 1 {
                throw .integerBelow("limit", minimum: 1, got: JSONNumber(number))
            }
        case "boolean":
            guard text == "true" || text == "false" else { throw QueryItems.unreadable(parameter.name, "a boolean") }
        case "string":
            let names = schema["enum"]?.array?.compactMap(\.string) ?? []
            guard names.isEmpty || names.contains(text) else {
                throw .invalidValue(parameter.name, text, supported: names)
            }
        default: break
        }
    }

    /// The fields of a form are texts, so only the names, the required fields and the choices can be checked.
    private func check(form: JSONObject, _ schema: JSONValue) throws(APIError) {
        let properties = schema["properties"]?.object ?? [:]
        for name in form.names where properties[name] == nil && !properties.isEmpty {
            throw .unknownParameter(name, known: properties.names)
        }
        for name in schema["required"]?.array?.compactMap(\.string) ?? [] where form[name] == nil {
            throw .missing(name)
        }
        for member in form.members {
            let choices = document.resolved(properties[member.name] ?? .null)["enum"]?.array?.compactMap(\.string)
            guard let choices, let text = member.value.string, !choices.contains(text) else { continue }
            throw .invalidValue(member.name, text, supported: choices)
        }
    }
}
