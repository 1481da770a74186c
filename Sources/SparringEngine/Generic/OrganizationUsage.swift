import SparringAPI
import SparringExchange
import SparringJSON
import SparringWire

/// `GET /v1/organization/usage/…` and `/costs`: the calls in the session's log, in buckets of time.
///
/// Source: https://platform.openai.com/docs/api-reference/usage. Costs use the published prices that Sparring carries.
struct OrganizationUsage {
    /// A call that a model answered.
    struct Row: Sendable, Hashable {
        /// Unix seconds of session time.
        var time: Int
        var endpoint: String
        var model: String
        var usage: Usage
    }

    /// The last part of the path: `completions`, `embeddings`, `costs`.
    let kind: String
    let query: QueryItems
    let project: String
    /// Whether a number of buckets outside the API's bounds is refused.
    var isStrict = true

    /// Makes a generic answer for these operations.
    /// - Returns: nil for other operations.
    static func make(
        _ call: GenericCall, _ context: AnswerInput, _ ids: inout IDMint
    ) throws(APIError) -> Rendered? {
        let path = call.operation.path
        guard path.hasPrefix("/v1/organization/usage/") || path == "/v1/organization/costs" else { return nil }
        let usage = OrganizationUsage(
            kind: path.split(separator: "/").last.map(String.init) ?? "", query: call.query, project: context.project,
            isStrict: call.validation == .strict)
        let json = try usage.json(rows(of: call, context))
        return Rendered(ExampleAnswer.json(json, of: call.operation, context: context, ids: &ids))
    }

    /// The calls in the session's log. Their times are computed with the session's current clock.
    private static func rows(of call: GenericCall, _ context: AnswerInput) -> [Row] {
        let clock = call.session.adjust(\.clock)
        let now = clock.time(at: call.now)
        return call.session.exchanges.compactMap { exchange in
            guard let usage = exchange.decision.usage, let endpoint = exchange.decision.endpoint else { return nil }
            let moment = exchange.timeline.entries.first?.at ?? call.now
            let age = (now - clock.time(at: moment)).components.seconds
            return Row(
                time: context.created - Int(age), endpoint: endpoint, model: exchange.decision.model ?? "",
                usage: usage)
        }
    }

    // MARK: Buckets

    private var isOfCosts: Bool { kind == "costs" }

    /// - Throws: the API's 400 for a missing or wrong parameter.
    func json(_ rows: [Row]) throws(APIError) -> JSONValue {
        guard let first = try time("start_time") else { throw .missing("start_time") }
        let width = query["bucket_width"] ?? "1d"
        let widths = isOfCosts ? [("1d", 86_400, 7, 180)] : Self.widths
        guard let (_, seconds, standard, most) = widths.first(where: { $0.0 == width }) else {
            throw .invalidValue("bucket_width", width, supported: widths.map(\.0))
        }
        let limit = try limit(standard, most)
        let wanted = rows.filter(isWanted)
        let page = query["page"].flatMap { Int($0.dropFirst("page_".utf8.count)) }
        let start = page.flatMap { (0...Self.latest).contains($0) ? $0 : nil } ?? first
        let end = try self.time("end_time") ?? max(start + 1, (wanted.map(\.time).max() ?? start) + 1)
        var buckets: [JSONValue] = []
        var time = start
        while time < end, buckets.count < limit {
            let next = (time / seconds + 1) * seconds
            let inside = wanted.filter { (time..<min(next, end)).contains($0.time) }
            buckets.append([
                "object": "bucket", "start_time": .int(time), "end_time": .int(min(next, end)),
                "results": .array(results(inside)),
            ])
            time = next
        }
        let hasMore = time < end
        return [
            "object": "page", "data": .array(buckets), "has_more": .bool(hasMore),
            "next_page": hasMore ? .string("page_\(time)") : .null,
        ]
    }

    /// For each width: its name, its seconds, and the default and greatest number of buckets.
    private static let widths = [("1m", 60, 60, 1_440), ("1h", 3_600, 24, 168), ("1d", 86_400, 7, 31)]

    /// The year 9999 in Unix seconds. Sums with this value do not overflow.
    private static let latest = 253_402_300_799

    private func time(_ name: String) throws(APIError) -> Int? {
        guard let value = try integer(name) else { return nil }
        guard value >= 0 else { throw .integerBelow(name, minimum: 0, got: JSONNumber(value)) }
        guard value <= Self.latest else { throw .integerAbove(name, maximum: Self.latest, got: JSONNumber(value)) }
        return value
    }

    /// The number of buckets. If the API would refuse the requested number, a lenient session uses the default.
    private func limit(_ usual: Int, _ most: Int) throws(APIError) -> Int {
        let limit = try integer("limit") ?? usual
        guard isStrict || (1...most).contains(limit) else { return usual }
        guard limit >= 1 else { throw .integerBelow("limit", minimum: 1, got: JSONNumber(limit)) }
        guard limit <= most else { throw .integerAbove("limit", maximum: most, got: JSONNumber(limit)) }
        return limit
    }

    private func integer(_ name: String) throws(APIError) -> Int? {
        guard let text = query[name] else { return nil }
        guard let value = Int(text) else { throw .invalidType(name, expected: "an integer", got: .string(text)) }
        return value
    }

    private func isWanted(_ row: Row) -> Bool {
        let models = query.elements(of: "models")
        guard models.isEmpty || models.contains(row.model) else { return false }
        return isOfCosts || Self.endpoints[kind]?.contains(row.endpoint) ?? false
    }

    private static let endpoints: [String: Set<String>] = [
        "completions": ["chat.completions", "responses", "completions"], "embeddings": ["embeddings"],
        "moderations": ["moderations"], "images": ["images.generate", "images.edit", "images.create_variation"],
        "audio_speeches": ["audio.speech"],
        "audio_transcriptions": ["audio.transcriptions", "audio.translations"], "decisions": ["decisions.create"],
    ]

    // MARK: Results

    /// One result, or one for each model if `group_by` contains the model; empty without calls.
    private func results(_ rows: [Row]) -> [JSONValue] {
        guard !rows.isEmpty else { return [] }
        let groups = query.elements(of: "group_by")
        let isByModel = groups.contains("model") || isOfCosts && groups.contains("line_item")
        let parts = isByModel ? Dictionary(grouping: rows, by: \.model).sorted { $0.key < $1.key } : [("", rows)]
        return parts.map { model, rows in
            var json = isOfCosts ? cost(rows) : totals(rows)
            json["project_id"] = groups.contains("project_id") ? .string(project) : .some(.null)
            for name in ["user_id", "api_key_id"] { json[name] = .some(.null) }
            json[isOfCosts ? "line_item" : "model"] = isByModel ? .string(model) : .some(.null)
            return .object(json)
        }
    }

    private func totals(_ rows: [Row]) -> JSONObject {
        let usage = rows.reduce(Usage()) { $0 + $1.usage }
        var json: JSONObject = [
            "object": .string("organization.usage.\(kind).result"), "num_model_requests": .int(rows.count),
        ]
        switch kind {
        case "images": json["images"] = .int(usage.images)
        case "audio_speeches": json["characters"] = .int(usage.characters)
        case "audio_transcriptions": json["seconds"] = .int(usage.milliseconds / 1000)
        default:
            json["input_tokens"] = .int(usage.input)
            guard kind == "completions" else { break }
            json["output_tokens"] = .int(usage.output)
            json["input_cached_tokens"] = .int(usage.cached)
            json["input_audio_tokens"] = .int(usage.audioInput)
            json["output_audio_tokens"] = .int(usage.audioOutput)
        }
        return json
    }

    private func cost(_ rows: [Row]) -> JSONObject {
        let millionths = rows.reduce(0.0) { $0 + (PriceTable.builtIn[$1.model]?.cost(of: $1.usage) ?? 0) }
        return [
            "object": "organization.costs.result",
            "amount": ["value": .number(JSONNumber(millionths / 1_000_000)), "currency": "usd"],
        ]
    }
}
