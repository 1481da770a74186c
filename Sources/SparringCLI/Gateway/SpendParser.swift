import SparringConformance
import SparringJSON
import SparringScenario
import SparringWire

/// Reads `spend` of an adapter file: how to ask the gateway for the amounts that it has booked for a key.
struct SpendParser {
    let reader: YAMLReader

    private static let keys = ["path", "key", "headers", "within"] + SpendFigure.allCases.map(\.rawValue)
    /// A longer time would let a run wait for hours.
    private static let longest = Duration.seconds(600)

    func interface(_ node: YAMLNode) -> SpendInterface? {
        guard let mapping = reader.mapping(node, "spend", keys: Self.keys) else { return nil }
        guard let pathNode = mapping["path"] else {
            reader.note(node, "spend needs `path`, the address that answers the amounts of a key, such as /spend/{key}")
            return nil
        }
        guard let path = reader.text(pathNode, "path") else { return nil }
        let isPath =
            path.hasPrefix("/") && path.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "#") }
        if !isPath {
            reader.note(pathNode, "path must begin with / and have no spaces, such as /spend/{key}, not '\(path)'")
        }
        let key = mapping["key"].flatMap { reader.text($0, "key") }
        if key != nil, !path.contains(SpendInterface.placeholder) {
            reader.note(
                pathNode,
                "path has no {key}: write {key} for the client's key, or leave out `key`, so that each key asks for itself"
            )
        }
        var interface = SpendInterface(path: path, key: key, headers: headers(mapping["headers"]), places: [:])
        for figure in SpendFigure.allCases {
            guard let node = mapping[figure.rawValue], let text = reader.text(node, figure.rawValue) else { continue }
            interface.places[figure] = JSONPath(text)
            if interface.places[figure] == nil {
                reader.note(
                    node, "\(figure.rawValue) must be a place in the JSON answer such as $.info.spend, not '\(text)'")
            }
        }
        if SpendFigure.allCases.allSatisfy({ mapping[$0.rawValue] == nil }) {
            reader.note(
                node,
                "spend needs `cost`, `requests` or `tokens`: the place of the number in the answer, such as $.info.spend"
            )
        }
        if let node = mapping["within"], let time = reader.duration(node, "within") {
            interface.within = time
            if time > Self.longest { reader.note(node, "within must be at most 10m, not \(node.inWords)") }
        }
        return interface
    }

    private func headers(_ node: YAMLNode?) -> HeaderFields {
        let entries = node.flatMap { reader.mapping($0, "headers") }?.entries ?? []
        return HeaderFields(
            entries.compactMap { name, _, value in reader.text(value, name).map { HeaderFields.Field(name, $0) } })
    }
}
