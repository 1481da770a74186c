import SparringJSON

/// Errors of the audio endpoints. The audio endpoints validate with a different library from the rest of the API. They send that library's
/// list of errors as Python prints it.
///
/// Source: bodies quoted in public issue trackers; docs/reference/api/audio.md says which of them are verbatim.
extension APIError {
    /// - Parameters:
    ///   - kind: the library's error type: `missing`, `enum`.
    ///   - limits: the constraints that the value violates.
    static func audio(
        _ kind: String, _ parameter: String, _ message: String, got value: JSONValue, limits: JSONObject = [:]
    ) -> APIError {
        var entry: [(String, String)] = [
            ("type", PythonText.text(of: .string(kind))), ("loc", PythonText.tuple(["body", parameter])),
            ("msg", PythonText.text(of: .string(message))), ("input", PythonText.text(of: value)),
        ]
        if !limits.isEmpty { entry.append(("ctx", PythonText.text(of: .object(limits)))) }
        let members = entry.map { "'\($0.0)': \($0.1)" }.joined(separator: ", ")
        return APIError(message: "[{\(members)}]", about: parameter)
    }

    /// - Parameter fields: the received fields.
    static func audioMissing(_ parameter: String, fields: JSONObject) -> APIError {
        .audio("missing", parameter, "Field required", got: .object(fields))
    }

    static func audioChoice(_ parameter: String, _ names: [String], got value: JSONValue) -> APIError {
        let quoted = names.map { "'\($0)'" }
        let list = quoted.dropLast().joined(separator: ", ") + (quoted.count > 1 ? " or " : "") + (quoted.last ?? "")
        return .audio(
            "enum", parameter, "Input should be \(list)", got: value, limits: ["expected": .string(list)])
    }

    package static let audioModelMissing = APIError(message: "you must provide a model parameter", about: "model")

    static func codecMissing(_ format: String) -> APIError {
        APIError(
            message:
                "Sparring: speech as \(format) needs an encoder, which Sparring does not have. Use response_format wav or pcm, or "
                + "remove placeholder_speech: false from the scenario to get a valid but silent \(format) of the right length.",
            param: "response_format", code: "sparring_speech_format", about: "response_format")
    }

    // MARK: Files

    static func soundFormatUnknown(_ extension: String, isWhisper: Bool) -> APIError {
        guard isWhisper else {
            return APIError(
                message: "Unsupported file format \(`extension`)", param: "file", code: "unsupported_value",
                about: "file.filename")
        }
        let names = TranscriptionRequest.extensions.map { "'\($0)'" }.joined(separator: ", ")
        return APIError(message: "Invalid file format. Supported formats: [\(names)]", about: "file.filename")
    }

    static let soundUnreadable = APIError(
        message: "Audio file might be corrupted or unsupported", param: "file", code: "invalid_value",
        about: "file.format")

    static let soundTooShort = APIError(
        message: "Audio file is too short. Minimum audio length is 0.1 seconds.", param: "file",
        code: "audio_too_short", about: "file.seconds")

    static func soundTooLong(_ milliseconds: Int, of limit: Int) -> APIError {
        APIError(
            message:
                "audio duration \(Double(milliseconds) / 1000) seconds is longer than \(limit / 1000) seconds which is "
                + "the maximum for this model", param: "file", code: "invalid_value", about: "file.seconds")
    }

    /// - Parameter count: the number of bytes that were read.
    package static func audioTooLarge(_ count: Int) -> APIError {
        APIError(
            status: 413, type: "server_error",
            message:
                "413: Maximum content size limit (\(TranscriptionRequest.largestForm)) exceeded (\(count) bytes read)",
            layout: .sound)
    }
}
