/// A short driver as a starting point, in one language, with one place where it calls the client.
package struct DriverTemplate: Sendable, Hashable {
    package var language: String
    package var text: String

    package static let all = EmbeddedDrivers.drivers.map { DriverTemplate(language: $0.name, text: $0.text) }

    /// - Parameter language: case-insensitive; aliases such as `js` and `c#` are accepted.
    package static func named(_ language: String) -> DriverTemplate? {
        let name = language.lowercased()
        let names = ["js": "javascript", "node": "javascript", "c#": "csharp", "py": "python", "rb": "ruby"]
        return all.first { $0.language == names[name, default: name] }
    }
}
