import SparringJSON
import SparringWire

/// The shape of an answer, without its content: the status, the media type, and the types at each place of its JSON.
struct AnswerShape: Sendable, Hashable {
    let status: Int
    let mediaType: String
    /// The types at each place: `string`, `number`, …. At members that name a kind (`object`, `type`, `role`), the kind itself is stored
    /// instead. The place of an element that has a kind contains the kind: `$.output[message].content[*]`. The places in a stream begin
    /// with the name of the event.
    private let places: [String: Set<String>]

    init(_ answer: RecordedAnswer) {
        status = answer.status
        mediaType = String((answer.headers["content-type"] ?? "none").lowercased().prefix { $0 != ";" })
        var places: [String: Set<String>] = [:]
        let body = answer.plainBody
        for document in IdentifierList.documents(in: body) {
            let bytes = Array(body[document])
            guard let json = try? JSONValue.parse(bytes) else {
                let text = bytes.filter { $0 != 0x20 && $0 != 0x0D }
                places[answer.isStream ? "data: \(String(decoding: text.prefix(40), as: UTF8.self))" : "$", default: []]
                    .insert("text")
                continue
            }
            let event = answer.isStream ? "event \(json["type"]?.string ?? json["object"]?.string ?? "message") " : ""
            Self.walk(json, "\(event)$", &places)
        }
        self.places = places
    }

    private static let kinds: Set<String> = ["object", "type", "role"]
    /// Members in which the author of the request can use any names.
    private static let foreign: Set<String> = ["metadata", "parameters", "schema", "logit_bias"]

    private static func walk(_ value: JSONValue, _ place: String, _ places: inout [String: Set<String>]) {
        switch value {
        case .object(let object):
            places[place, default: []].insert("object")
            for member in object.members {
                let inner = "\(place).\(member.name)"
                if kinds.contains(member.name), let kind = member.value.string {
                    places[inner, default: []].insert("\"\(kind)\"")
                } else if foreign.contains(member.name) {
                    places[inner, default: []].insert(word(member.value))
                } else {
                    walk(member.value, inner, &places)
                }
            }
        case .array(let values):
            places[place, default: []].insert("array")
            for value in values {
                walk(value, "\(place)[\(value["type"]?.string ?? "*")]", &places)
            }
        default: places[place, default: []].insert(word(value))
        }
    }

    private static func word(_ value: JSONValue) -> String {
        switch value {
        case .null: "null"
        case .bool: "boolean"
        case .number: "number"
        case .string: "string"
        case .array: "array"
        case .object: "object"
        }
    }

    // MARK: Comparing

    /// Returns the changes, with one line each, and the optional places that are missing in the new answer. A model need not use all
    /// optional places every time.
    func changes(to now: AnswerShape) -> (changed: [String], unseen: [String]) {
        guard status == now.status else { return (["status \(status), now \(now.status)"], []) }
        guard mediaType == now.mediaType else { return (["\(mediaType), now \(now.mediaType)"], []) }
        var (changed, unseen): ([String], [String]) = ([], [])
        for (place, kinds) in places.sorted(by: { $0.key < $1.key }) {
            guard let others = now.places[place] else {
                if parent(place).map({ now.places[$0] == nil }) ?? false { continue }
                let isChosen = place.hasSuffix("]") || !place.contains("$") || place.hasSuffix(" $")
                if isChosen { unseen.append(place) } else { changed.append("\(place)   gone, was \(Self.list(kinds))") }
                continue
            }
            // Null is ignored, because different members can be null in each run.
            let (before, after) = (kinds.subtracting(["null"]), others.subtracting(["null"]))
            guard !before.isEmpty, !after.isEmpty, before.isDisjoint(with: after) else { continue }
            changed.append("\(place)   was \(Self.list(before)), is \(Self.list(after))")
        }
        for (place, kinds) in now.places.sorted(by: { $0.key < $1.key }) where places[place] == nil {
            // Only the outermost new place is reported.
            if parent(place).map({ places[$0] == nil }) ?? false { continue }
            changed.append("\(place)   new: \(Self.list(kinds))")
        }
        return (changed, unseen)
    }

    private static func list(_ kinds: Set<String>) -> String { kinds.sorted().joined(separator: " or ") }

    /// The place of the object or array that contains this place; nil if this place is the whole document.
    private func parent(_ place: String) -> String? {
        guard let end = place.lastIndex(where: { $0 == "." || $0 == "[" }), place[..<end].contains("$") else {
            return nil
        }
        return String(place[..<end])
    }
}
