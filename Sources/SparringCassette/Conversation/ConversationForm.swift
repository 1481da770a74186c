import SparringAPI
import SparringExchange
import SparringJSON

/// The form of a request that is compared by conversation. Identifiers are replaced by numbers in order of first
/// appearance, and timestamps by a placeholder. Two requests with the same form differ only in identifiers and timestamps.
package struct ConversationForm: Sendable, Hashable {
    let fingerprint: CassetteFingerprint
    /// The identifiers, indexed by their numbers.
    let identifiers: [String]

    /// The key need not be secret, because the fingerprints never leave memory.
    private static let key = FingerprintKey(0x7461_7065, 0x7475_726e)

    init(_ request: NormalRequest) {
        var form = Writer()
        var bytes = Array("\(request.method) \(form.target(request))\n".utf8)
        if let document = request.document {
            bytes += form.value(document, member: nil, isForeign: false).serialized()
        } else if let text = String(validating: request.rest, as: UTF8.self) {
            bytes += form.text(text).utf8
        } else {
            bytes += request.rest
        }
        fingerprint = Self.key.fingerprint(bytes)
        identifiers = form.identifiers
    }

    private struct Writer {
        private(set) var identifiers: [String] = []
        private var numbers: [String: Int] = [:]

        /// The text that replaces an identifier. No text in a request starts with this character.
        private mutating func number(_ identifier: String, _ kind: String) -> String {
            let number = numbers[identifier] ?? identifiers.count
            if number == identifiers.count {
                numbers[identifier] = number
                identifiers.append(identifier)
            }
            return "\u{1}\(kind)#\(number)"
        }

        mutating func target(_ request: NormalRequest) -> String {
            let parts = request.target.split(separator: "?", maxSplits: 1)
            var names: Set<String> = []
            if case .endpoint(_, let parameters) = Router.route(method: request.method, path: parts.first ?? "") {
                names = Set(parameters.filter { $0.key != "model" }.values)
            }
            let segments = (parts.first ?? "").split(separator: "/").map { segment -> String in
                guard names.contains(String(segment)), let kind = IdentifierPlace.kind(of: Array(segment.utf8)[...])
                else { return text(String(segment)) }
                return number(String(segment), kind)
            }
            let path = "/" + segments.joined(separator: "/")
            return parts.count > 1 ? "\(path)?\(text(String(parts[1])))" : path
        }

        mutating func value(_ value: JSONValue, member: String?, isForeign: Bool) -> JSONValue {
            switch value {
            case .string(let string):
                if !isForeign, let member, IdentifierPlace.isOne(member),
                    let kind = IdentifierPlace.kind(of: Array(string.utf8)[...])
                {
                    return .string(number(string, kind))
                }
                return .string(text(string))
            case .array(let values):
                return .array(values.map { self.value($0, member: member, isForeign: isForeign) })
            case .object(let object):
                return .object(
                    JSONObject(
                        object.members.map { item in
                            JSONObject.Member(
                                item.name,
                                self.value(
                                    item.value, member: item.name,
                                    isForeign: isForeign || IdentifierPlace.isForeign(item.name)))
                        }))
            default: return value
            }
        }

        mutating func text(_ text: String) -> String {
            let bytes = Array(text.utf8)
            guard !IdentifierList.isOpaque(bytes[...]) else { return text }
            let found = IdentifierScanner.find(in: bytes[...])
            guard !found.isEmpty else { return text }
            var edits = Edits()
            for item in found {
                switch item.kind {
                case .time: edits.replace(item.range, with: Array("\u{1}time".utf8))
                case .identifier(let kind):
                    let name = String(decoding: bytes[item.range], as: UTF8.self)
                    edits.replace(item.range, with: Array(number(name, kind).utf8))
                }
            }
            return String(decoding: edits.applied(to: bytes), as: UTF8.self)
        }
    }
}
