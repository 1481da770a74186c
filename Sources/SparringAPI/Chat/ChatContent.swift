import SparringJSON

/// Checks the content parts of messages: their shapes, and whether the role and the model accept them.
enum ChatContent {
    static let types = ["text", "image_url", "input_audio", "refusal", "audio", "file"]

    static func check(_ part: JSONValue, _ path: String) throws(APIError) {
        let object = try ParameterShape.object(part, path)
        guard let type = object["type"] else { throw .missing("\(path).type") }
        try ParameterShape.choice(types).check(type, at: "\(path).type")
        let name = type.string ?? ""
        guard let value = object[name] else { throw .missing("\(path).\(name)") }
        let place = "\(path).\(name)"
        switch name {
        case "image_url":
            try image.check(value, at: place)
            if let detail = value["detail"]?.unlessNull {
                try ParameterShape.choice(["auto", "low", "high"]).check(detail, at: "\(place).detail")
            }
            try checkImage(value["url"]?.string ?? "", "\(place).url")
        case "input_audio": try audio.check(value, at: place)
        case "file": try checkFile(try ParameterShape.object(value, place), place)
        case "audio": throw .missing(place)
        default: try ParameterShape.string().check(value, at: place)
        }
    }

    private static let image = ParameterShape.requiring([Parameter("url", .string())])

    private static let audio = ParameterShape.requiring([
        Parameter("data", .string()), Parameter("format", .choice(["wav", "mp3"])),
    ])

    /// Checks the format of a data URL. Links are not fetched, and images are not decoded.
    private static func checkImage(_ url: String, _ path: String) throws(APIError) {
        if url.hasPrefix("https://") || url.hasPrefix("http://") { return }
        guard url.hasPrefix("data:") else {
            throw APIError(
                message: "Invalid '\(path)'. Expected a valid URL, but got a value with an invalid format.",
                param: path,
                code: "invalid_value")
        }
        let expected = "an image MIME type (e.g. 'data:image/png;base64,aW1nIGJ5dGVzIGhlcmU=')"
        try checkData(
            url, at: path, isWanted: { $0.hasPrefix("image/") }, complaint: "Invalid image URL: '\(path)'.",
            expected: expected)
        let format = url.dropFirst("data:image/".count).prefix { $0 != ";" }
        let data = url[(url.firstRange(of: ";base64,")?.upperBound ?? url.endIndex)...]
        let isTaken = ["png", "jpeg", "jpg", "gif", "webp"].contains(String(format))
        guard !isTaken || !(Base64.decode(data).map(ImageBytes.arePicture) ?? false) else { return }
        throw APIError(
            message:
                "You uploaded an unsupported image. Please make sure your image has of one the following formats: "
                + "['png', 'jpeg', 'gif', 'webp'].", code: "invalid_image_format")
    }

    private static func checkFile(_ file: JSONObject, _ path: String) throws(APIError) {
        for name in ["file_id", "file_data", "filename"] {
            if let value = file[name]?.unlessNull { try ParameterShape.string().check(value, at: "\(path).\(name)") }
        }
        guard let data = file["file_data"]?.string else {
            guard file["file_id"]?.unlessNull != nil else { throw .missing("\(path).file_id") }
            return
        }
        guard file["filename"]?.unlessNull != nil else { throw .missing("\(path).filename") }
        let place = "\(path).file_data"
        try checkData(
            data, at: place, isWanted: { $0 == "application/pdf" }, complaint: "Invalid file data: '\(place)'.",
            expected: "an application/pdf MIME type (e.g. 'data:application/pdf;base64,SGVsbG8sIFdvcmxkIQ==')")
    }

    private static func checkData(
        _ url: String, at path: String, isWanted: (Substring) -> Bool, complaint: String, expected: String
    ) throws(APIError) {
        func refuse(_ got: String) -> APIError {
            APIError(
                message: "\(complaint) Expected a base64-encoded data URL with \(expected), but got \(got).",
                param: path,
                code: "invalid_value")
        }
        guard url.hasPrefix("data:") else { throw refuse("a value without the 'data:' prefix") }
        guard let separator = url.firstRange(of: ";base64,") else {
            throw refuse("a value without the ';base64' separator")
        }
        let type = url[..<separator.lowerBound].dropFirst("data:".count)
        guard isWanted(type) else { throw refuse("unsupported MIME type '\(type)'") }
        let data = url[separator.upperBound...].utf8
        let isBase64 = data.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "="):
                true
            default: false
            }
        }
        guard isBase64, !data.isEmpty else { throw refuse("an invalid base64-encoded value") }
    }

    // MARK: By role and model, which the API checks late

    static func checkRoles(_ message: JSONValue, _ index: Int, _ traits: ChatTraits) throws(APIError) {
        guard let parts = message["content"]?.array else { return }
        let role = message["role"]?.string ?? ""
        func refuse(_ complaint: String) -> APIError {
            APIError(
                message: "Invalid 'messages[\(index)]'. \(complaint)", param: "messages[\(index)]",
                code: "invalid_value")
        }
        for (position, part) in parts.enumerated() {
            switch part["type"]?.string {
            case "image_url" where role != "user":
                throw refuse(
                    "Image URLs are only allowed for messages with role 'user', but this message with role '\(role)' "
                        + "contains an image URL.")
            case "image_url" where !traits.seesImages:
                throw APIError(
                    message: "Invalid content type. image_url is only supported by certain models.",
                    param: "messages.[\(index)].content.[\(position)].type")
            case "input_audio" where !traits.speaks || role != "user", "file" where role != "user",
                "refusal" where role != "assistant":
                throw refuse("Content blocks are expected to be either text or image_url type.")
            default: continue
            }
        }
    }

    /// Tokens of audio in the prompt, about ten a second. The length of the audio is computed from its size: with the rate in a WAV header,
    /// or else with 128 kbit/s.
    static func audioTokens(_ message: JSONValue) -> Int {
        (message["content"]?.array ?? []).reduce(0) { sum, part in
            guard let data = part["input_audio"]?["data"]?.string else { return sum }
            let bytes = data.utf8.count / 4 * 3
            let rate = part["input_audio"]?["format"] == "wav" ? Base64.wavRate(data) ?? 48_000 : 16_000
            return sum + max(1, bytes * 10 / rate)
        }
    }
}
