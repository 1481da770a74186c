import SparringJSON
import SparringWire

/// The audio that an event of a client carries as base64.
enum RealtimeAudio {
    /// - Returns: the bytes of the member `audio`.
    /// - Throws: `APIError` if the member is missing or no base64 text.
    static func bytes(of event: JSONObject) throws(APIError) -> [UInt8] {
        guard let value = event["audio"]?.unlessNull else { throw .missing("audio") }
        try ParameterShape.string().check(value, at: "audio")
        guard let audio = value.string.flatMap({ Base64.decode($0[...]) }) else {
            throw APIError(
                message: "Invalid 'audio'. Expected base64-encoded audio bytes.", param: "audio",
                code: "invalid_value")
        }
        return audio
    }
}
