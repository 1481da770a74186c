import SparringAPI
import SparringJSON
import SparringWire

/// A complete multipart form: its fields as JSON, like other bodies, and its files, whose bytes are in the store.
struct Form: Sendable {
    struct File: Sendable {
        /// The name of the form field.
        var name: String
        var filename: String
        var contentType: String?
        var blob: BlobID
        var bytes = 0
    }

    /// The fields. `expires_after[anchor]` becomes a member of an object. A file becomes an object with `filename` and
    /// `bytes`.
    private(set) var fields = JSONObject()
    var files: [File] = []

    /// The file in the field of that name.
    subscript(name: String) -> File? { files.last { $0.name == name } }

    /// - Parameter name: the name in the spelling of clients: `a`, `a[b]`, `a[]`.
    mutating func add(_ value: JSONValue, named name: String) {
        let steps = name.split(separator: "[", omittingEmptySubsequences: false)
            .map { $0.last == "]" ? $0.dropLast() : $0 }
        Self.add(value, at: steps[...], to: &fields)
    }

    private static func add(_ value: JSONValue, at steps: ArraySlice<Substring>, to object: inout JSONObject) {
        guard let name = steps.first.map(String.init) else { return }
        switch steps.dropFirst().first {
        case nil: object[name] = value
        case "": object[name] = .array((object[name]?.array ?? []) + [value])
        default:
            var inner = object[name]?.object ?? JSONObject()
            add(value, at: steps.dropFirst(), to: &inner)
            object[name] = .object(inner)
        }
    }
}
