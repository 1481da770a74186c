/// The size of an image in pixels, and the sizes that a model makes.
///
/// Source: the official Python package 3.57.0 (sizes by model); the wording of errors as quoted in public issue trackers.
struct ImageSize: Sendable, Hashable {
    var width: Int
    var height: Int

    var pixels: Int { width * height }
    var text: String { "\(width)x\(height)" }

    static let square = ImageSize(width: 1024, height: 1024)

    /// Returns nil unless the text is `WIDTHxHEIGHT` in plain digits.
    init?(_ text: String) {
        let parts = text.split(separator: "x", omittingEmptySubsequences: false)
        guard parts.count == 2,
            parts.allSatisfy({ (1...5).contains($0.utf8.count) && $0.utf8.allSatisfy(Self.isDigit) }),
            let width = Int(parts[0]), let height = Int(parts[1])
        else { return nil }
        self.init(width: width, height: height)
    }

    init(width: Int, height: Int) {
        self.width = width
        self.height = height
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    /// The sizes that a model of fixed sizes makes, in the order of the API's message.
    static func fixed(for model: String) -> [String]? {
        switch model {
        case "dall-e-2": ["256x256", "512x512", "1024x1024"]
        case "dall-e-3": ["1024x1024", "1024x1792", "1792x1024"]
        case _ where model.hasPrefix("gpt-image-1"): ["1024x1024", "1024x1536", "1536x1024", "auto"]
        default: nil
        }
    }

    /// Checks the size that a request asks for.
    static func check(_ text: String, model: String) throws(APIError) -> ImageSize {
        if let fixed = fixed(for: model) {
            guard fixed.contains(text) else { throw .invalidValue("size", text, supported: fixed) }
            return ImageSize(text) ?? .square
        }
        if text == "auto" { return .square }
        guard let size = ImageSize(text) else {
            throw .imageSize(text, "Expected WIDTHxHEIGHT, for example '1824x1024'.")
        }
        guard size.width > 0, size.height > 0, size.width % 16 == 0, size.height % 16 == 0 else {
            throw .imageSize(text, "Width and height must both be divisible by 16.")
        }
        let (short, long) = (min(size.width, size.height), max(size.width, size.height))
        guard long <= longestEdge else {
            throw .imageSize(text, "The longest edge must be less than or equal to \(longestEdge).")
        }
        guard long <= 3 * short else { throw .imageSize(text, "The aspect ratio must be between 1:3 and 3:1.") }
        guard size.pixels >= fewestPixels else {
            throw .imageSize(text, "Requested resolution is below the current minimum pixel budget.")
        }
        guard size.pixels <= mostPixels else {
            throw .imageSize(text, "Requested resolution exceeds the current pixel budget.")
        }
        return size
    }

    private static let longestEdge = 3_840
    /// The bounds of the pixel budget, as measured by users of the API.
    private static let fewestPixels = 655_360
    private static let mostPixels = 3_840 * 2_160
}

extension APIError {
    static func imageSize(_ size: String, _ reason: String) -> APIError {
        APIError(
            type: "image_generation_user_error", message: "Invalid size '\(size)'. \(reason)", param: "size",
            code: "invalid_value")
    }
}
