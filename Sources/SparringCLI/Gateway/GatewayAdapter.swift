import SparringConformance
import SparringJSON
import SparringScenario

/// The facts that Sparring needs to check a gateway's keys, limits and budgets: keys of clients, limits, budgets, and
/// the fields of its answers. The facts are read from the file of `--adapter`.
struct GatewayAdapter {
    /// The gateway's name in reports.
    var gateway: String?
    var model: String?
    var keys: [GatewayCall.Key: String] = [:]
    var terms = GatewayTerms()
    var recovery: Duration?

    /// The features that follow from the file.
    var features: Set<GatewayFeature> {
        var features: Set<GatewayFeature> = []
        if keys[.other] != nil { features.insert(.other) }
        if keys[.limited] != nil, terms.requestsPerMinute != nil { features.insert(.limits) }
        if keys[.budget] != nil, terms.dollars != nil { features.insert(.budgets) }
        if terms.costHeader != nil { features.insert(.cost) }
        if terms.spend?.places[.cost] != nil { features.insert(.spend) }
        return features
    }

    private static let fileKeys = [
        "schema", "gateway", "model", "keys", "limits", "budget", "reports", "recovery", "spend",
    ]

    /// - Throws: `CommandError` with all mistakes and their places.
    static func read(_ path: String) throws -> GatewayAdapter {
        let reader = YAMLReader(file: path)
        let text = try TextFile.read(path)
        let adapter = reader.root(of: text).flatMap { GatewayAdapter($0, reader) }
        guard let adapter, reader.diagnostics.isEmpty else {
            throw CommandError(mistakes: reader.mistakes.diagnostics.map(\.description))
        }
        return adapter
    }

    init() {}

    private init?(_ root: YAMLNode, _ reader: YAMLReader) {
        guard let mapping = reader.mapping(root, "an adapter", keys: Self.fileKeys) else { return nil }
        if mapping["schema"]?.json != 1 {
            reader.note(mapping["schema"] ?? root, "the file must start with `schema: 1`, the version of its grammar")
        }
        gateway = mapping["gateway"].flatMap { reader.text($0, "gateway") }
        if let node = mapping["gateway"], gateway?.isEmpty == true {
            reader.note(node, "`gateway` cannot be empty, because it is the name in reports")
        }
        model = mapping["model"].flatMap { reader.text($0, "model") }
        recovery = mapping["recovery"].flatMap { reader.duration($0, "recovery") }
        let names = ["usual", "other", "limited", "budget"]
        for (name, _, value) in mapping["keys"].flatMap({ reader.mapping($0, "keys", keys: names) })?.entries ?? [] {
            guard let key = GatewayCall.Key(rawValue: name) else { continue }
            keys[key] = reader.text(value, name)
        }
        terms.requestsPerMinute = mapping["limits"].flatMap {
            reader.mapping($0, "limits", keys: ["requests_per_minute"])
        }?[
            "requests_per_minute"
        ].flatMap { reader.integer($0, "requests_per_minute", atLeast: 1) }.map { min($0, 1_000_000) }
        terms.costHeader = mapping["reports"].flatMap { reader.mapping($0, "reports", keys: ["cost"]) }?["cost"]
            .flatMap { reader.text($0, "cost") }
        terms.spend = mapping["spend"].flatMap(SpendParser(reader: reader).interface)
        if let node = mapping["budget"].flatMap({ reader.mapping($0, "budget", keys: ["dollars"]) })?["dollars"] {
            terms.dollars = node.json.double
            if !((terms.dollars ?? 0) > 0 && (terms.dollars ?? 0) <= 1e6) {
                reader.note(node, "dollars must be a number above 0, at most a million, not \(node.json.text())")
            }
        }
    }
}
