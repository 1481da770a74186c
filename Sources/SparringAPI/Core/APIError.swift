package import SparringWire

/// An error as the API words it: status, and the four keys of the error object.
///
/// Source: https://platform.openai.com/docs/guides/error-codes and recorded traffic (docs/measurements/fidelity.md).
package struct APIError: Error, Sendable, Hashable {
    package var status: Int
    package var type: String
    package var message: String
    package var param: String?
    package var code: String?
    /// The parameter that it is about, or a place in it, where `param` does not say so; never sent.
    package var about: String?
    /// Error-specific header fields, `retry-after` among them.
    package var headers: HeaderFields
    package var layout: Layout

    /// Which part of the API's machinery prints the error: each has its own white space and headers.
    package enum Layout: Sendable, Hashable {
        /// Two spaces, no trailing newline, `application/json`, rate-limit headers.
        case application
        /// Four spaces, trailing newline, `application/json; charset=utf-8`, no rate-limit headers: "model does not exist".
        case routing
        /// As `application`, with something beside the error: its status for a wrong key, which then comes as text; that nothing was
        /// heard for a form that is too large. Of the audio endpoints.
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
    /// A body that is JSON but no object is answered like one that is no JSON.
    package static let unparsable = APIError(
        message:
            "We could not parse the JSON body of your request. (HINT: This likely means you aren't using your HTTP "
            + "library correctly. The OpenAI API expects a JSON payload, but what was sent was not valid JSON. If you have "
            + "trouble figuring out how to fix this, please contact us through our help center at help.openai.com.)"
    )
}
