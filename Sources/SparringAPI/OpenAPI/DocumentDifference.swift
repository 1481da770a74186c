import SparringJSON

/// The operations, parameters and members that were added to a document, and those that were removed.
package struct DocumentDifference: Sendable {
    /// The differences, sorted by operation. A line begins with `+` if a fact was added, and with `-` if a fact was removed. A change that
    /// several operations share has one line.
    package let lines: [String]

    package init(from old: OpenAPIDocument, to new: OpenAPIDocument) {
        let (before, after) = (Self.index(old), Self.index(new))
        var lines: [String] = []
        for (key, operation) in before.sorted(by: { $0.key < $1.key }) where after[key] == nil {
            lines.append("- \(key) (\(operation.name))")
        }
        for (key, operation) in after.sorted(by: { $0.key < $1.key }) where before[key] == nil {
            lines.append("+ \(key) (\(operation.name))")
        }
        /// The operations that each change concerns.
        var changes: [String: [String]] = [:]
        for (key, operation) in after {
            guard let earlier = before[key] else { continue }
            let (had, has) = (Self.facts(of: earlier, in: old), Self.facts(of: operation, in: new))
            for fact in Self.outermost(had.subtracting(has)) {
                changes["- \(fact)", default: []].append(operation.name)
            }
            for fact in Self.outermost(has.subtracting(had)) {
                changes["+ \(fact)", default: []].append(operation.name)
            }
        }
        lines += changes.map { change, names in
            let names = names.sorted()
            let others = names.count > 1 ? " and \(names.count - 1) more" : ""
            return "\(change.prefix(1)) \(names[0])\(others): \(change.dropFirst(2))"
        }.sorted { ($0.dropFirst(2), $0) < ($1.dropFirst(2), $1) }
        lines += Self.changes(Self.models(old), Self.models(new))
        self.lines = lines
    }

    private static func index(_ document: OpenAPIDocument) -> [String: APIOperation] {
        Dictionary(
            document.operations.map { ("\($0.method) \($0.path)", $0) }, uniquingKeysWith: { first, _ in first })
    }

    private static func models(_ document: OpenAPIDocument) -> Set<String> {
        Set(
            document.models.flatMap { row in row.names.map { "model \($0) in \(row.list)" } }
                + document.shutdowns.map { "model \($0.model) is shut down on \($0.day)" })
    }

    private static func changes(_ before: Set<String>, _ after: Set<String>) -> [String] {
        before.subtracting(after).sorted().map { "- \($0)" } + after.subtracting(before).sorted().map { "+ \($0)" }
    }

    /// Removes facts that follow from another fact: a new object is one fact, without its members.
    private static func outermost(_ facts: Set<String>) -> [String] {
        let names = Set(facts.filter { !$0.contains(" ") })
        return facts.filter { fact in
            var place = fact.prefix { $0 != " " }
            if fact.count > place.count, names.contains(String(place)) { return false }
            while let end = place.lastIndex(where: { $0 == "." || $0 == "[" }) {
                place = place[..<end]
                if names.contains(String(place)) { return false }
            }
            return true
        }
    }

    // MARK: Facts

    private static func facts(of operation: APIOperation, in document: OpenAPIDocument) -> Set<String> {
        let description = document.description(of: operation)
        var reader = FactReader(document: document)
        for parameter in description.parameters {
            let place = "\(parameter.place.rawValue).\(parameter.name)"
            reader.facts.insert(place)
            if parameter.isRequired { reader.facts.insert("\(place) is required") }
            reader.read(parameter.schema, at: place)
        }
        if let body = description.body {
            reader.facts.insert("body is \(body.contentType)")
            reader.read(body.schema, at: "body")
        }
        reader.facts.insert("answer is \(description.contentType ?? "empty")")
        if let answer = description.answer { reader.read(answer, at: "answer") }
        if let event = description.event { reader.read(event, at: "event") }
        if let page = description.page { reader.facts.insert("answer is a \(page)") }
        return reader.facts
    }
}

/// Collects the facts of a schema: `body.size`, `body.size can be 'auto'`, `body.prompt is required`.
private struct FactReader {
    let document: OpenAPIDocument
    var facts: Set<String> = []
    /// The references that are being read, to detect schemas that contain themselves.
    private var path: [String] = []

    init(document: OpenAPIDocument) { self.document = document }

    /// The depth at which reading a schema stops. Deeper parts also belong to the schema of a smaller operation, or are
    /// rare.
    private static let deepest = 4

    mutating func read(_ schema: JSONValue, at place: String, depth: Int = 0) {
        guard depth <= Self.deepest else { return }
        if let reference = schema["$ref"]?.string {
            guard !path.contains(reference), let target = document.resolve(reference) else { return }
            path.append(reference)
            read(target, at: place, depth: depth)
            path.removeLast()
            return
        }
        for option in (schema["anyOf"] ?? schema["oneOf"])?.array ?? [] { read(option, at: place, depth: depth) }
        for value in schema["enum"]?.array ?? [] { facts.insert("\(place) can be \(value.text())") }
        if let value = schema["const"] { facts.insert("\(place) can be \(value.text())") }
        switch schema["type"] {
        case .string(let kind): facts.insert("\(place) can be of type \(kind)")
        case .array(let kinds): for kind in kinds { facts.insert("\(place) can be of type \(kind.string ?? "")") }
        default: break
        }
        let required = schema["required"]?.array?.compactMap(\.string) ?? []
        for member in schema["properties"]?.object?.members ?? [] {
            let inner = "\(place).\(member.name)"
            facts.insert(inner)
            if required.contains(member.name) { facts.insert("\(inner) is required") }
            read(member.value, at: inner, depth: depth + 1)
        }
        if let items = schema["items"] { read(items, at: place + "[]", depth: depth + 1) }
    }
}
