import SparringAPI
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
            method: method, url: url, requestHeaders: try headers(request["headers"], file),
            requestBody: try bytes(request["body"]?["string"] ?? request["body"], file), status: status,
            reason: response["status"]?["message"]?.string ?? "", headers: try headers(response["headers"], file),
            body: try bytes(body?["string"] ?? body, file))
    }

    /// A value, or a list of values, a name.
    private static func headers(_ node: YAMLNode?, _ file: String) throws(ImportMistake) -> HeaderFields {
        guard let node, case .mapping(let pairs) = node.content else { return [:] }
        var headers = HeaderFields()
        for (key, value) in pairs {
            // Without its name nobody could tell whether a value is a secret.
            guard let name = key.name, !name.isEmpty else {
                throw ImportMistake("\(file):\(key.line): the name of a header cannot be read")
            }
            let values: [YAMLNode] = if case .sequence(let nodes) = value.content { nodes } else { [value] }
            for value in values {
                headers.append(name, String(decoding: try bytes(value, file), as: UTF8.self))
            }
        }
        return headers
    }

    /// Text, or the bytes that `!!binary` has in base64.
    private static func bytes(_ node: YAMLNode?, _ file: String) throws(ImportMistake) -> [UInt8] {
        guard let node else { return [] }
        guard node.isBinary else { return Array(node.text.utf8) }
        guard let bytes = Base64.decode(node.text.filter { !$0.isWhitespace }[...]) else {
            throw ImportMistake("\(file):\(node.line): what is tagged !!binary is no base64")
        }
        return bytes
    }
}

extension YAMLNode {
    fileprivate subscript(name: String) -> YAMLNode? {
        guard case .mapping(let pairs) = content else { return nil }
        return pairs.first { $0.key.string == name }?.value
    }

    /// The text of a name. What stands for an object of Python has it as its first argument: aiohttp's names are
    /// `!!python/object/apply:multidict._multidict.istr [Accept]`.
    fileprivate var name: String? {
        switch content {
        case .scalar(let text, _): text
        case .sequence(let nodes): nodes.lazy.compactMap(\.name).first
        case .mapping(let pairs): pairs.lazy.compactMap(\.value.name).first
        case .alias: nil
        }
    }

    /// `null` is none.
    fileprivate var text: String {
        guard case .scalar(let text, let isPlain) = content else { return "" }
        return isPlain && (text == "null" || text == "~") ? "" : text
    }
}
