import SparringJSON

/// The place of a member in an event or a body: names and positions, joined by dots, such as `response.output` or
/// `choices.0.delta.content`.
struct FieldPath: Sendable, Hashable {
    private let steps: [String]

    init(_ text: String) { steps = text.split(separator: ".").map(String.init) }

    /// Changes the member; returns false if the object has no such member.
    /// - Parameter value: the new value; nil removes the member.
    func set(_ value: JSONValue?, in object: inout JSONObject) -> Bool {
        guard let edited = Self.edited(.object(object), steps[...], value), case .object(let whole) = edited else {
            return false
        }
        object = whole
        return true
    }

    private static func edited(_ json: JSONValue, _ steps: ArraySlice<String>, _ value: JSONValue?) -> JSONValue? {
        guard let step = steps.first else { return nil }
        let rest = steps.dropFirst()
        switch json {
        case .object(var object):
            guard let old = object[step] else { return nil }
            if rest.isEmpty {
                object[step] = value
            } else {
                guard let new = edited(old, rest, value) else { return nil }
                object[step] = new
            }
            return .object(object)
        case .array(var array):
            guard let place = Int(step), array.indices.contains(place) else { return nil }
            if rest.isEmpty {
                if let value { array[place] = value } else { array.remove(at: place) }
            } else {
                guard let new = edited(array[place], rest, value) else { return nil }
                array[place] = new
            }
            return .array(array)
        default: return nil
        }
    }
}
