import SparringAPI
import SparringJSON
import SparringWire

/// `POST /v1/realtime/client_secrets` and `/v1/realtime/translations/client_secrets`: make a short-lived key, with the
/// session's settings as the client sent them.
///
/// Source: https://platform.openai.com/docs/api-reference/realtime-sessions/create-realtime-client-secret
enum ClientSecrets {
    /// Makes a generic answer for these operations.
    /// - Returns: nil for other operations.
    static func make(
        _ call: GenericCall, _ context: AnswerInput, _ ids: inout IDMint
    ) throws(APIError) -> Rendered? {
        guard call.operation.path.hasSuffix("/client_secrets"), call.operation.method == "POST",
            let schema = call.document.description(of: call.operation).answer,
            var json = call.document.example(of: schema)?.object
        else { return nil }
        let value = ids.hex("ek_", count: 32)
        let expiry = context.created + (try lifetime(call.body))
        json["value"] = .string(value)
        json["expires_at"] = .int(expiry)
        let settings = call.body?["session"]?.object ?? JSONObject()
        let translates = call.operation.path.contains("translations")
        if translates {
            let translation = try RealtimeTranslation(
                model: settings["model"]?.string ?? "", expiresAt: expiry, settings: settings, ids: &ids)
            json["session"] = .object(translation.json)
        }
        let secret = StoredSecret(
            value: value, settings: settings, expiresAt: expiry, key: call.caller.key, isOfTranslation: translates)
        call.session.adjust { $0.objects.keep(secret) }
        if translates {
            return Rendered(ExampleAnswer.json(.object(json), of: call.operation, context: context, ids: &ids))
        }
        var session = json["session"]?.object ?? JSONObject()
        for member in settings.members { session[member.name] = member.value }
        session["id"] = .string(ids.base62("sess_", count: 24))
        if session["expires_at"] != nil { session["expires_at"] = json["expires_at"] }
        json["session"] = .object(session)
        return Rendered(ExampleAnswer.json(.object(json), of: call.operation, context: context, ids: &ids))
    }

    /// The lifetime in seconds: 10 to 7,200, by default ten minutes.
    private static func lifetime(_ body: JSONValue?) throws(APIError) -> Int {
        guard let value = body?["expires_after"]?["seconds"], !value.isNull else { return 600 }
        let place = "expires_after.seconds"
        guard let seconds = value.int else { throw .invalidType(place, expected: "an integer", got: value) }
        guard seconds >= 10 else { throw .integerBelow(place, minimum: 10, got: JSONNumber(seconds)) }
        guard seconds <= 7_200 else { throw .integerAbove(place, maximum: 7_200, got: JSONNumber(seconds)) }
        return seconds
    }
}
