import SparringExchange
import SparringJSON
import SparringWire

/// The rules for matching requests with recordings.
package struct CassetteMatching: Sendable, Hashable {
    package enum Rigour: String, Sendable, Hashable, CaseIterable {
        /// The method, the target and the body have the same bytes.
        case exact
        /// The same JSON. The order of members, white space, the spelling of numbers and ignored places do not matter.
        case normal
        /// Like `normal`, but generated identifiers may differ if each of them always has the same counterpart.
        case conversation
    }

    /// Decides which recording answers a repeated request.
    package enum Repeat: String, Sendable, Hashable, CaseIterable {
        /// Each recording answers only once. If a request comes again after that, it is a miss.
        case next
        /// The recordings answer in their order. The last recording then answers all further requests.
        case last
        /// The recordings answer in their order, and then begin again.
        case cycle
    }

    /// The form of answers.
    package enum Rendering: String, Sendable, Hashable, CaseIterable {
        /// The recorded bytes.
        case recorded
        /// The recorded content and timing, with new identifiers and current dates.
        case fresh
        /// Recorded chat completions also answer requests for responses.
        case responses
        /// Recorded responses also answer requests for chat completions.
        case chat
    }

    package var rigour: Rigour
    /// Places of the body that are ignored in comparisons.
    package var ignored: [CassettePath]
    package var repeats: Repeat
    /// Whether the requests of a session must come in the order in which they were recorded.
    package var keepsOrder: Bool
    package var rendering = Rendering.recorded

    package init(
        rigour: Rigour = .normal, ignored: [CassettePath] = [], repeats: Repeat = .last, keepsOrder: Bool = false
    ) {
        self.rigour = rigour
        self.ignored = ignored
        self.repeats = repeats
        self.keepsOrder = keepsOrder
    }
}

/// A request in the form that is compared: masked, and without ignored places.
struct NormalRequest: Sendable, Hashable {
    var method: String
    /// The target. A mask stays as it is; any other target has no empty segments, has `/v1` for Azure's `/openai/v1`, and has its query
    /// sorted by name.
    var target: String
    /// The body as JSON; nil if it is not JSON.
    var document: JSONValue?
    /// The body if the body is not JSON; otherwise empty. A form body is in its normal form.
    var rest: [UInt8]
    var fingerprint: CassetteFingerprint
    /// Whether the request is in the form that chat completions and responses share.
    var isCommon = false

    /// The key need not be secret, because the fingerprints never leave memory.
    private static let key = FingerprintKey(0x7461_7065, 0x6e6f_726d)

    /// - Parameter body: the masked body.
    init(method: String, target: String, headers: HeaderFields, body: [UInt8], ignored: [CassettePath]) {
        self.method = method.uppercased()
        self.target = Self.normal(target)
        let codings = ContentCoding.list(headers)
        let body = codings.isEmpty ? body : ContentCoding.decoded(body, codings) ?? body
        let parsed: JSONValue? = body.isEmpty ? .none : try? JSONValue.parse(body)
        document = parsed.map { Self.normal($0, ignored, at: []) ?? .null }
        var bytes = Array("\(self.method) \(self.target)\n".utf8)
        rest = document == nil ? NormalForm.of(body, headers["content-type"] ?? "") : []
        bytes += document?.serialized() ?? rest
        fingerprint = Self.key.fingerprint(bytes)
    }

    /// The request in the form that both APIs share; nil if the request is not a call of a model.
    static func common(
        method: String, target: String, body: [UInt8], of api: RenderedAPI?, ignored: [CassettePath]
    ) -> NormalRequest? {
        guard let api, let form = NormalizedRequest.form(body, of: api) else { return nil }
        let path = target.prefix { $0 != "?" }
        var request = NormalRequest(
            method: method, target: "/v1" + target.dropFirst(path.count), headers: [:], body: form, ignored: ignored)
        request.isCommon = true
        return request
    }

    private static func normal(_ target: String) -> String {
        guard !MaskedTarget.isMask(target) else { return target }
        let parts = target.split(separator: "?", maxSplits: 1)
        var segments = (parts.first ?? "").split(separator: "/")
        // Both of these paths belong to one base URL. A setting of the client decides which of these paths the client uses.
        if segments.starts(with: ["openai", "v1"]) { segments.removeFirst() }
        let path = "/" + segments.joined(separator: "/")
        guard parts.count > 1 else { return path }
        return path + "?" + parts[1].split(separator: "&").sorted().joined(separator: "&")
    }

    private static func normal(_ value: JSONValue, _ ignored: [CassettePath], at place: [CassettePath.Component])
        -> JSONValue?
    {
        if !place.isEmpty, ignored.contains(where: { $0.covers(place) }) { return .none }
        if value.isNull, isOptional(place) { return .none }
        switch value {
        case .object(let object):
            let members = object.members.compactMap { member in
                normal(member.value, ignored, at: place + [.member(member.name)]).map {
                    JSONObject.Member(member.name, $0)
                }
            }
            return .object(JSONObject(members.sorted { $0.name < $1.name }))
        case .array(let values):
            return .array(
                values.enumerated().compactMap { normal($1, ignored, at: place + [.index($0)]) })
        case .number(let number): return .number(normal(number))
        default: return value
        }
    }

    /// Whether null and a missing member mean the same at this place of a message.
    private static func isOptional(_ place: [CassettePath.Component]) -> Bool {
        guard place.count == 3, place[0] == .member("messages"), case .member(let name) = place[2] else { return false }
        return nullable.contains(name)
    }

    private static let nullable: Set<String> = ["content", "refusal", "audio", "function_call"]

    /// Writes `1.0` and `1e0` as 1. Numbers that a `Double` would round are not changed.
    private static func normal(_ number: JSONNumber) -> JSONNumber {
        guard !number.isInteger else { return number }
        let value = number.double
        return value == value.rounded() && abs(value) < 0x1p53 ? JSONNumber(Int(value)) : JSONNumber(value)
    }
}
