package import SparringAPI
import SparringJSON

/// Reads prices that override the built-in ones: `as_of: 2026-11-21` and `models: { ID: { input: 2.5, output: 10 } }`, in dollars per
/// million tokens.
package enum PriceFile {
    private static let keys = [
        "input", "cached", "output", "audio_input", "audio_output", "second", "character", "dearer_when_long",
    ]

    package static func read(_ text: String, file: String) -> Result<PriceTable, Mistakes> {
        let reader = YAMLReader(file: file)
        guard let root = reader.root(of: text),
            let mapping = reader.mapping(root, "the price file", keys: ["as_of", "models"])
        else { return .failure(reader.mistakes) }
        let table = table(of: mapping, reader)
        return reader.diagnostics.isEmpty ? .success(table) : .failure(reader.mistakes)
    }

    private static func table(of root: YAMLMapping, _ reader: YAMLReader) -> PriceTable {
        var date: CivilDate?
        if let node = root["as_of"] {
            date = node.string.flatMap { CivilDate($0) }
            if date == nil { reader.note(node, "as_of must be a date such as 2026-11-21, not \(node.inWords)") }
        }
        var rows: [String: Price] = [:]
        if let models = root["models"].flatMap({ reader.mapping($0, "models") }) {
            for entry in models.entries {
                guard let row = reader.mapping(entry.value, "a price", keys: keys) else { continue }
                rows[entry.key] = price(row, reader)
            }
        }
        return PriceTable.builtIn.changed(by: rows, asOf: date)
    }

    private static func price(_ row: YAMLMapping, _ reader: YAMLReader) -> Price {
        func dollars(_ key: String) -> Double? {
            guard let node = row[key] else { return nil }
            if case .number(let number) = node.json, number.double >= 0 { return number.double }
            reader.note(node, "\(key) must be a number of dollars of at least 0, not \(node.inWords)")
            return nil
        }
        return Price(
            input: dollars("input") ?? 0, cached: dollars("cached"), output: dollars("output") ?? 0,
            audioInput: dollars("audio_input"), audioOutput: dollars("audio_output"),
            second: dollars("second") ?? 0, character: dollars("character") ?? 0,
            isDearerWhenLong: row["dearer_when_long"].flatMap { reader.boolean($0, "dearer_when_long") } ?? false)
    }
}
