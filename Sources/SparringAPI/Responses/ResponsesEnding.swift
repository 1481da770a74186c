/// The ending of a response that does not complete.
package enum ResponsesEnding: Sendable, Hashable {
    /// `max_output_tokens` or `content_filter`.
    case incomplete(reason: String)
    /// The status is still 200: the error is in the response.
    case failed(code: String, message: String)

    package static let reasons = ["max_output_tokens", "content_filter"]

    /// The API's general server error.
    package static let serverError =
        "An error occurred while processing your request. You can retry your request, or contact "
        + "us through our help center at help.openai.com if the error persists."
}
