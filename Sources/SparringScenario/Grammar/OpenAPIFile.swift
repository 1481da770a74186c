package import SparringAPI
import SparringJSON

/// Reads an OpenAPI document, in YAML or JSON.
package enum OpenAPIFile {
    package static func read(_ text: String, file: String) -> Result<OpenAPIDocument, Mistakes> {
        let reader = YAMLReader(file: file)
        // The JSON parser reads megabytes about a hundred times as fast as the YAML parser.
        let isJSON = text.utf8.first { $0 > 0x20 } == UInt8(ascii: "{")
        let document = isJSON ? try? JSONValue.parse(Array(text.utf8)) : reader.root(of: text)?.json
        guard let document else {
            if reader.diagnostics.isEmpty { reader.note("the file starts with '{' but is not valid JSON") }
            return .failure(reader.mistakes)
        }
        do throws(OpenAPIDocument.Problem) {
            return .success(try OpenAPIDocument(document))
        } catch {
            reader.note(error.description)
            return .failure(reader.mistakes)
        }
    }
}
