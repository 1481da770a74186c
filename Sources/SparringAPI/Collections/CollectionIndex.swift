/// The collections of a document: paths of objects that can be created, and then retrieved or deleted by their ids.
package struct CollectionIndex: Sendable {
    /// The effect of an operation in a collection.
    package enum Role: Sendable, Hashable {
        case create, list, retrieve, update, delete
        /// `POST …/{id}/cancel`, with the verb.
        case act(String)
        /// Any other operation below an object, which must exist.
        case other
    }

    /// An operation on a collection.
    package struct Place: Sendable, Hashable {
        package var role: Role
        /// The path of the collection, with the names of its parameters: `/v1/evals/{eval_id}/runs`.
        package var collection: String
        /// The name of the object's id in the path: `run_id`.
        package var parameter: String
        /// The collections of the objects above this object, the outermost first, each with the name of its id.
        package var parents: [Parent]

        package struct Parent: Sendable, Hashable {
            package var collection: String
            package var parameter: String
        }
    }

    /// The name of the id of each collection, by path.
    private let collections: [String: String]

    /// - Parameter operations: the methods and paths of a document's operations.
    package init(_ operations: some Sequence<(method: String, path: String)>) {
        var creations: Set<String> = []
        var items: [String: String] = [:]
        for operation in operations {
            let path = Self.split(operation.path)
            if let parameter = path.parameter {
                if operation.method != "POST" { items[path.collection] = parameter }
            } else if operation.method == "POST" {
                creations.insert(operation.path)
            }
        }
        collections = items.filter { creations.contains($0.key) }
    }

    /// Splits a path that ends in an id into the path of the collection and the name of the id.
    private static func split(_ path: String) -> (collection: String, parameter: String?) {
        guard path.hasSuffix("}"), let slash = path.lastIndex(of: "/") else { return (path, nil) }
        return (String(path[..<slash]), String(path[slash...].dropFirst(2).dropLast()))
    }

    /// Returns nil for an operation outside all collections.
    package func place(method: String, path: String) -> Place? {
        let (collection, parameter) = Self.split(path)
        if let parameter, collections[collection] == parameter {
            let role: Role =
                switch method {
                case "GET": .retrieve
                case "DELETE": .delete
                default: .update
                }
            return place(role, collection, parameter)
        }
        if let name = collections[path] {
            return place(method == "GET" ? .list : method == "POST" ? .create : .other, path, name)
        }
        // The path goes below an object: `/v1/evals/{eval_id}/runs/{run_id}/cancel`.
        guard let inner = innermost(path) else { return nil }
        let verb = path.dropFirst(inner.collection.utf8.count + inner.parameter.utf8.count + 4)
        let isVerb = method == "POST" && !verb.isEmpty && !verb.contains("/") && !verb.contains("{")
        return place(isVerb ? .act(String(verb)) : .other, inner.collection, inner.parameter)
    }

    private func place(_ role: Role, _ collection: String, _ parameter: String) -> Place {
        var parents: [Place.Parent] = []
        var path = collection
        while let parent = innermost(path) {
            parents.insert(parent, at: 0)
            path = parent.collection
        }
        return Place(role: role, collection: collection, parameter: parameter, parents: parents)
    }

    /// The innermost object above a path.
    private func innermost(_ path: String) -> Place.Parent? {
        var rest = Substring(path)
        while let slash = rest.lastIndex(of: "/") {
            rest = rest[..<slash]
            let (collection, parameter) = Self.split(String(rest))
            if let parameter, collections[collection] == parameter {
                return Place.Parent(collection: collection, parameter: parameter)
            }
        }
        return nil
    }
}

extension CollectionIndex {
    /// The status that a verb gives an object; nil for verbs that change no status.
    package static func status(after verb: String) -> String? {
        switch verb {
        case "cancel": "cancelled"
        case "archive": "archived"
        case "pause": "paused"
        case "resume": "active"
        default: nil
        }
    }

    /// The API's error for an unknown id.
    ///
    /// The wording is that of stored responses and conversations; for other collections, the wording is by analogy.
    package static func notFound(_ collection: String, _ id: String) -> APIError {
        let word = collection.split(separator: "/").last { !$0.hasPrefix("{") } ?? "object"
        let prefix = word.hasSuffix("ies") ? word.dropLast(3) + "y" : word.hasSuffix("s") ? word.dropLast() : word
        let noun = prefix.replacing("_", with: " ")
        return APIError(
            status: 404, message: "\(noun.prefix(1).uppercased())\(noun.dropFirst()) with id '\(id)' not found.")
    }
}
