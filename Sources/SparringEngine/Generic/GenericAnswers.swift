import SparringAPI

/// The makers of generic answers, the most specific first. A maker returns nil for a call that it does not handle.
///
/// A maker is a pure function of the call and of the answer's context; it reads and changes the call's session in one
/// short step (`session.adjust`). The makers are called one by one, because an array of functions with typed errors
/// crashes the compiler (Swift 6.3).
enum GenericAnswers {
    /// - Throws: the API's error about the request.
    static func answer(
        _ call: GenericCall, context: AnswerInput, ids: inout IDMint
    ) throws(APIError) -> Rendered {
        if let rendered = try ClientSecrets.make(call, context, &ids) { return rendered }
        if let rendered = RealtimeCalls.make(call, context, &ids) { return rendered }
        if let rendered = try OrganizationUsage.make(call, context, &ids) { return rendered }
        if let rendered = try CollectionAnswers.make(call, context, &ids) { return rendered }
        let example = ExampleAnswer(call.operation, parameters: call.parameters, isStream: call.isStream)
        return Rendered(try example.answer(from: call.document, context: context, ids: &ids))
    }
}
