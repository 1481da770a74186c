package import SparringWire

/// An error in the API's words: status, and the four keys of the error object.
///
/// Source: https://platform.openai.com/docs/guides/error-codes and recorded traffic (docs/measurements/fidelity.md).
package struct APIError: Error, Sendable, Hashable {
    package var status: Int
    package var type: String
    package var message: String
    package var param: String?
    package var code: String?
    /// The parameter or place that the error is about, if `param` does not name it; this value is never sent.
    package var about: String?
    /// Error-specific header fields, such as `retry-after`.
    package var headers: HeaderFields
    package var layout: Layout

    /// The part of the API that prints the error: each part has its own white space and headers.
    package enum Layout: Sendable, Hashable {
        /// Two spaces of indentation, no trailing newline, `application/json`, rate-limit headers.
        case application
        /// Four spaces, trailing newline, `application/json; charset=utf-8`, no rate-limit headers: "model does not
        /// exist".
        case routing
        /// The layout of the audio endpoints: like `application`, with one more member. For a wrong key, that member is the status, and the
        /// error is sent as text. For a form that is too large, that member is an empty usage.
        case sound
    }

    package init(
        status: Int = 400, type: String = "invalid_request_error", message: String, param: String? = nil,
        code: String? = nil, about: String? = nil, headers: HeaderFields = [:], layout: Layout = .application
    ) {
        self.status = status
        self.type = type
        self.message = message
        self.param = param
        self.code = code
        self.about = about
        self.headers = headers
        self.layout = layout
    }
}

extension APIError {
    /// A JSON body that is not an object gets the same error as a body that is not JSON.
    package static let unparsable = APIError(
        message:
            "We could not parse the JSON body of your request. (HINT: This likely means you aren't using your HTTP "
            + "library correctly. The OpenAI API expects a JSON payload, but what was sent was not valid JSON. If you have "
            + "trouble figuring out how to fix this, please contact us through our help center at help.openai.com.)"
    )
}
