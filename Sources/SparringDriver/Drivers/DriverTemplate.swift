/// A driver to start from: a few lines in a language, with one place where the client is called.
package struct DriverTemplate: Sendable, Hashable {
    package var language: String
    package var text: String

    package static let all = EmbeddedDrivers.drivers.map { DriverTemplate(language: $0.name, text: $0.text) }

    /// - Parameter language: in any case; `js` and `c#` are names as well.
    package static func named(_ language: String) -> DriverTemplate? {
        let name = language.lowercased()
        let names = ["js": "javascript", "node": "javascript", "c#": "csharp", "py": "python", "rb": "ruby"]
        return all.first { $0.language == names[name, default: name] }
    }
}
