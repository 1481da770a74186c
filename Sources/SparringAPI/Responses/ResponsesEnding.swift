/// How a response ends, where it does not complete.
package enum ResponsesEnding: Sendable, Hashable {
    /// `max_output_tokens` or `content_filter`.
    case incomplete(reason: String)
    /// The status is 200 all the same: the error is in the response.
    case failed(code: String, message: String)

    package static let reasons = ["max_output_tokens", "content_filter"]

    /// What a server says that has no better word.
    package static let serverError =
        "An error occurred while processing your request. You can retry your request, or contact "
        + "us through our help center at help.openai.com if the error persists."
}
