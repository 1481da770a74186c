import SparringScenario
import SparringWire

/// The YAML of VCR.py (https://vcrpy.readthedocs.io): `interactions`, each with a request and a response.
package enum VCRFormat {
    /// - Parameter file: named in mistakes.
    package static func exchanges(_ text: String, file: String) throws(ImportMistake) -> [ImportedExchange] {
        let reader = YAMLReader(file: file)
        guard let root = reader.root(of: text), let interactions = root["interactions"] else {
            let reason = reader.mistakes.diagnostics.first?.description ?? "\(file): it has no interactions"
            throw ImportMistake(reason)
        }
        guard case .sequence(let nodes) = interactions.content else {
            throw ImportMistake("\(file):\(interactions.line): interactions is a list")
        }
        var exchanges: [ImportedExchange] = []
        for node in nodes { exchanges.append(try exchange(node, file)) }
        return exchanges
    }

    private static func exchange(_ node: YAMLNode, _ file: String) throws(ImportMistake) -> ImportedExchange {
        guard let request = node["request"], let response = node["response"], let method = request["method"]?.string,
            let url = (request["uri"] ?? request["url"])?.string,
            let status = response["status"]?["code"]?.string.flatMap({ Int($0) })
        else { throw ImportMistake("\(file):\(node.line): an interaction has a request and a response with a status") }
        let body = response["body"]
        return ImportedExchange(
            method: method, url: url, requestHeaders: headers(request["headers"]),
            requestBody: Array((request["body"]?["string"] ?? request["body"])?.text.utf8 ?? "".utf8), status: status,
            reason: response["status"]?["message"]?.string ?? "", headers: headers(response["headers"]),
            body: Array((body?["string"] ?? body)?.text.utf8 ?? "".utf8))
    }

    /// A value, or a list of values, a name.
    private static func headers(_ node: YAMLNode?) -> HeaderFields {
        guard let node, case .mapping(let pairs) = node.content else { return [:] }
        return HeaderFields(
            pairs.flatMap { key, value in
                let values: [YAMLNode] = if case .sequence(let nodes) = value.content { nodes } else { [value] }
                return values.map { HeaderFields.Field(key.text, $0.text) }
            })
    }
}

extension YAMLNode {
    fileprivate subscript(name: String) -> YAMLNode? {
        guard case .mapping(let pairs) = content else { return nil }
        return pairs.first { $0.key.string == name }?.value
    }

    /// `null` is none.
    fileprivate var text: String {
        guard case .scalar(let text, let isPlain) = content else { return "" }
        return isPlain && (text == "null" || text == "~") ? "" : text
    }
}
