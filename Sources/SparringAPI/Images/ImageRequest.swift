package import SparringJSON
import SparringTokens
import SparringWire

/// A checked `POST /v1/images/generations`, `/edits` or `/variations`.
///
/// Source: https://platform.openai.com/docs/api-reference/images and the official Python package 3.57.0
/// (docs/reference/api/images.md).
package struct ImageRequest: Sendable {
    package enum Task: String, Sendable, Hashable {
        case generate, edit, vary
    }

    package var task: Task
    package var model: ModelInfo
    package var digest: CallDigest
    package var promptTokens: Int
    package var estimatedTokens: Int { promptTokens }
    var prompt: String
    var size: ImageSize
    package var count: Int
    /// `low`, `medium`, `high`, `xhigh` or `max`.
    var quality: String
    var isTransparent: Bool
    /// The partial images before each image of a stream, 0 to 3.
    var partialImages: Int
    var givesAddress: Bool
    /// The number of images that the request contains.
    var sentImages: Int
    var safetyIdentifier: String?

    /// The model of requests that name none. The API's own choice since the retirement of DALL·E is not known.
    static let standardModel = "gpt-image-2"
    /// The only model that ever made variations.
    static let variationModel = "dall-e-2"
    /// The maximum size of a form, in bytes. The API's own limit is lower than sixteen images of 50 MB.
    package static let largestForm = 512 << 20
    private static let longestPrompt = 32_000
    private static let mostImages = 10
    private static let mostSentImages = 16

    private static let shared = [
        "model", "n", "size", "quality", "response_format", "user", "stream", "partial_images", "background",
        "moderation", "output_format", "output_compression", "safety_identifier", "prompt", "complexity", "frame_count",
        "frame_duration_ms", "svg",
    ]

    private static func known(to task: Task) -> [String] {
        switch task {
        case .generate: shared + ["style"]
        case .edit: shared + ["image", "mask", "markup", "input_fidelity"]
        case .vary: ["image", "model", "n", "response_format", "size", "user"]
        }
    }

    /// - Parameter body: a JSON object, or the fields of a form, whose numbers are texts.
    package static func check(_ body: JSONValue, task: Task, models: ModelTable) throws(APIError) -> ImageRequest {
        guard let object = body.object else { throw .unparsable }
        let fields = ImageFields(object)
        let names = known(to: task)
        if let stranger = object.names.first(where: { !names.contains($0) }) {
            throw .unknownParameter(stranger, known: names.filter { object[$0] == nil })
        }
        let model = try route(fields, task, models)
        var request = try ImageRequest(fields, task, model)
        request.promptTokens = model.counter.count(request.prompt) + request.sentImages * sentImageTokens
        return request
    }

    /// The estimated tokens of an image in a request; the API counts by the size of the image.
    private static let sentImageTokens = 194

    private static func route(_ fields: ImageFields, _ task: Task, _ models: ModelTable) throws(APIError) -> ModelInfo {
        let id = try fields.text("model") ?? (task == .vary ? variationModel : standardModel)
        guard let model = models[id], model.kind == .image else { throw .modelNotFound(id) }
        return model
    }

    private init(_ fields: ImageFields, _ task: Task, _ model: ModelInfo) throws(APIError) {
        self.task = task
        self.model = model
        let isOlder = model.family.hasPrefix("dall-e")
        prompt = try fields.text("prompt") ?? ""
        if task != .vary {
            guard fields["prompt"] != nil else { throw .missing("prompt") }
            guard !prompt.isEmpty else { throw .emptyString("prompt") }
            let length = prompt.unicodeScalars.count
            guard length <= Self.longestPrompt else {
                throw .stringTooLong("prompt", maximum: Self.longestPrompt, got: length)
            }
        }
        sentImages = fields["image"].map { $0.array?.count ?? 1 } ?? 0
        if task != .generate {
            guard sentImages > 0 else { throw .missing("image") }
            guard sentImages <= Self.mostSentImages else {
                throw .arrayTooLong("image", maximum: Self.mostSentImages, got: sentImages)
            }
        }
        count = try fields.integer("n", 1...Self.mostImages) ?? 1
        size = try ImageSize.check(fields.text("size") ?? (isOlder ? "1024x1024" : "auto"), model: model.family)
        let quality = try fields.choice(
            "quality", isOlder ? ["standard", "hd"] : ["low", "medium", "high", "xhigh", "max", "auto"])
        self.quality = quality == "auto" || quality == nil ? "medium" : quality ?? ""
        let background = try fields.choice("background", ["transparent", "opaque", "auto"])
        isTransparent = background == "transparent"
        _ = try fields.choice("moderation", ["low", "auto"])
        _ = try fields.integer("output_compression", 0...100)
        let format = try fields.choice("output_format", ["png", "webp", "jpeg", "gif", "svg"])
        guard format ?? "png" == "png" else { throw .imageFormat(format ?? "") }
        let isStream = try fields.flag("stream") ?? false
        partialImages = try fields.integer("partial_images", 0...3) ?? 0
        givesAddress = false
        if let response = fields["response_format"] {
            guard isOlder else { throw .unknownParameter("response_format") }
            _ = response
            givesAddress = try fields.choice("response_format", ["url", "b64_json"]) == "url"
        } else {
            givesAddress = isOlder
        }
        if fields["style"] != nil, !isOlder { throw .unknownParameter("style") }
        _ = try fields.choice("style", ["vivid", "natural"])
        let identifier = try fields.text("safety_identifier") ?? ""
        safetyIdentifier = identifier.isEmpty ? try fields.text("user") : identifier
        promptTokens = 0
        digest = CallDigest(lastUser: prompt, isStream: isStream)
    }
}

extension APIError {
    static func imageFormat(_ format: String) -> APIError {
        APIError(
            message: "Sparring: it writes images as png only, not as \(format). Ask for png, or script the answer.",
            param: "output_format", code: "sparring_unsupported", headers: ["x-should-retry": "false"])
    }
}
