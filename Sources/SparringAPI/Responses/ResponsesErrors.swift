import SparringWire

/// Errors specific to `POST /v1/responses`.
enum ResponsesErrors {
    static let noInput = APIError(
        message: "One of \"input\" or \"previous_response_id\" or 'prompt' or 'conversation' must be provided.",
        code: "missing_required_parameter",
        about: "input"
    )

    static let inputExceedsContextWindow = APIError(
        message: "Your input exceeds the context window of this model. Please adjust your input and try again.",
        param: "input",
        code: "context_length_exceeded"
    )

    /// The message is quoted in public issue trackers in August 2026.
    static let brokenImage = APIError(
        message: "The image data you provided does not represent a valid image. Please check your input and try again.",
        param: "input", code: "invalid_value")

    static let jsonNotMentioned = APIError(
        message: "Response input messages must contain the word 'json' in some form to use 'text.format' of type "
            + "'json_object'.",
        param: "input"
    )

    /// Recorded in April 2026: the status is 400, whereas chat completions return 404.
    static func modelNotFound(_ id: String) -> APIError {
        APIError(message: "The requested model '\(id)' does not exist.", param: "model", code: "model_not_found")
    }

    /// The API's message has these empty quotes.
    static let conversationAndPreviousResponse = APIError(
        message:
            "Mutually exclusive parameters: ''. Ensure you are only providing one of: 'pre..._id' or 'conversation'.",
        code: "mutually_exclusive_parameters",
        about: "previous_response_id"
    )

    /// The API returns 400, not a conflict.
    static let conversationLocked = APIError(
        message: "Another process is currently operating on this conversation. Please retry in a few seconds.",
        param: "conversation",
        code: "conversation_locked"
    )

    static func stateNotFound(_ kind: String, _ id: String) -> APIError {
        APIError(status: 404, message: "\(kind) with id '\(id)' not found.", about: kind.lowercased())
    }

    /// A malformed id and an unknown id get different errors.
    static func previousResponse(_ id: String) -> APIError {
        let path = "previous_response_id"
        let isPlain = id.unicodeScalars.allSatisfy {
            $0.properties.isAlphabetic || ("0"..."9").contains($0) || $0 == "_" || $0 == "-"
        }
        guard isPlain else {
            return APIError(
                message:
                    "Invalid '\(path)': '\(id)'. Expected an ID that contains letters, numbers, underscores, or dashes, "
                    + "but this value contained additional characters.",
                param: path,
                code: "invalid_value"
            )
        }
        guard id.hasPrefix("resp") else {
            return APIError(
                message: "Invalid '\(path)': '\(id)'. Expected an ID that begins with 'resp'.",
                param: path,
                code: "invalid_value"
            )
        }
        return APIError(
            message: "Previous response with id '\(id)' not found.",
            param: path,
            code: "previous_response_not_found"
        )
    }

    /// The rule is documented, but its wording is not. The wording here is Sparring's.
    static let backgroundNotStored = APIError(
        message: "Background mode requires 'store' to be true.",
        param: "background",
        code: "invalid_value"
    )

    /// The error for a discounted window of background processing together with a parameter that the window excludes. The rule is
    /// documented, but its wording is Sparring's.
    static func window(_ window: String, excludes name: String, value: String) -> APIError {
        APIError(
            message: "The completion window '\(window)' is not available when '\(name)' is '\(value)'.",
            param: "background_options.completion_window", code: "invalid_value")
    }
}
