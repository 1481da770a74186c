import Foundation
import SparringDriver

/// The values that a gateway needs: in its environment, and for the placeholders of its configuration file.
struct GatewayTemplate {
    let upstreams: [UpstreamGroup.Upstream]

    /// `SPARRING_PRIMARY_URL`, `SPARRING_PRIMARY_KEY`, `SPARRING_PRIMARY_KEY_2` for each upstream.
    var environment: [String: String] {
        var values: [String: String] = [:]
        for upstream in upstreams {
            let prefix = "SPARRING_\(upstream.name.uppercased())"
            values["\(prefix)_URL"] = upstream.baseURL
            for (index, key) in upstream.keys.enumerated() {
                values[index == 0 ? "\(prefix)_KEY" : "\(prefix)_KEY_\(index + 1)"] = key
            }
        }
        return values
    }

    /// `{{primary.url}}`, `{{primary.host}}`, `{{primary.port}}`, `{{primary.key}}`, `{{primary.key2}}` for each upstream.
    private var placeholders: [String: String] {
        var values: [String: String] = [:]
        for upstream in upstreams {
            values["\(upstream.name).url"] = upstream.baseURL
            let address = upstream.baseURL.dropFirst("http://".count).prefix { $0 != "/" }.split(separator: ":")
            values["\(upstream.name).host"] = address.dropLast().joined(separator: ":")
            values["\(upstream.name).port"] = address.last.map(String.init)
            for (index, key) in upstream.keys.enumerated() {
                values[index == 0 ? "\(upstream.name).key" : "\(upstream.name).key\(index + 1)"] = key
            }
        }
        return values
    }

    /// The text of a template with its placeholders filled in.
    ///
    /// - Parameter more: further values, such as the port of the gateway.
    /// - Throws: `CommandError` that names a placeholder without a value.
    func filled(_ text: String, file: String, more: [String: String] = [:]) throws(CommandError) -> String {
        let values = placeholders.merging(more) { $1 }
        var result = ""
        var rest = text[...]
        while let start = rest.firstRange(of: "{{"), let end = rest[start.upperBound...].firstRange(of: "}}") {
            let name = rest[start.upperBound..<end.lowerBound].filter { $0 != " " }
            guard let value = values[String(name)] else {
                let line = text[..<start.lowerBound].count { $0 == "\n" } + 1
                throw CommandError(mistakes: [
                    "\(file):\(line): no value for {{\(name)}}; there are \(values.keys.sorted().joined(separator: ", "))"
                ])
            }
            result += rest[..<start.lowerBound] + value
            rest = rest[end.upperBound...]
        }
        return result + rest
    }
}
