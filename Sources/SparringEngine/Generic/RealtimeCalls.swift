import SparringAPI
import SparringWire

/// `POST /v1/realtime/calls`: answers the offer of a WebRTC client. `location` names the call for `hangup` and the other operations
/// of a call. The answer in SDP (RFC 8866) has no media, so no media connection is opened.
///
/// Source: https://developers.openai.com/api/docs/guides/realtime-webrtc
enum RealtimeCalls {
    private static let description = "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=Sparring\r\nt=0 0\r\n"

    /// Makes a generic answer for these operations.
    /// - Returns: nil for other operations.
    static func make(_ call: GenericCall, _ context: AnswerInput, _ ids: inout IDMint) -> Rendered? {
        guard call.operation.method == "POST", call.operation.path.hasSuffix("/realtime/calls") else { return nil }
        var headers = ExampleAnswer.headers(call.operation, "application/sdp", context: context, ids: &ids)
        headers["location"] = "/v1/realtime/calls/" + ids.base62("rtc_", count: 24)
        return Rendered(Answer(status: 201, headers: headers, body: .whole(Array(description.utf8))))
    }
}
