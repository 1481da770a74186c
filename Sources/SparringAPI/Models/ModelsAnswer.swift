import SparringJSON
package import SparringWire

/// `GET /v1/models` and `GET /v1/models/{id}`.
///
/// Source: https://platform.openai.com/docs/api-reference/models.
package enum ModelsAnswer {
    package static func list(_ models: ModelTable, context: AnswerInput, ids: inout IDMint) -> Answer {
        list(models.all, context: context, ids: &ids)
    }

    /// - Throws: 404 if the table does not contain the model.
    package static func retrieve(
        _ id: String,
        models: ModelTable,
        context: AnswerInput, ids: inout IDMint
    ) throws(APIError) -> Answer {
        guard let model = models[id] else { throw unknown(id) }
        return retrieve(id, model, context: context, ids: &ids)
    }

    /// Deletes a fine-tuned model. Models that are not fine-tuned cannot be deleted.
    package static func delete(
        _ id: String, models: ModelTable, context: AnswerInput, ids: inout IDMint
    ) throws(APIError) -> Answer {
        guard models[id] != nil else { throw unknown(id) }
        guard id.hasPrefix("ft:") else {
            throw APIError(
                status: 403,
                message:
                    "You have insufficient permissions for this operation. Missing scopes: api.delete. Check that you "
                    + "have the correct role in your organization, and if you're using a restricted API key, that it has the "
                    + "necessary scopes.")
        }
        return answer(context: context, ids: &ids) { writer, _ in
            writer.object { writer in
                writer.member("id", id)
                writer.member("object", "model")
                writer.member("deleted", true)
            }
        }
    }

    package static func unknown(_ id: String) -> APIError {
        APIError(
            status: 404, message: "The model '\(id)' does not exist", param: "model", code: "model_not_found")
    }

    static func list(_ models: [ModelInfo], context: AnswerInput, ids: inout IDMint) -> Answer {
        answer(context: context, ids: &ids) { writer, owner in
            writer.object { writer in
                writer.member("object", "list")
                writer.member("data") { writer in
                    writer.array { writer in
                        for model in models { writer.element { write(model.id, model, owner, to: &$0) } }
                    }
                }
            }
        }
    }

    /// - Parameter id: the requested id. The answer has this id, even if the id is an alias or the name of a fine-tuned model.
    static func retrieve(_ id: String, _ model: ModelInfo, context: AnswerInput, ids: inout IDMint) -> Answer {
        answer(context: context, ids: &ids) { writer, owner in write(id, model, owner, to: &writer) }
    }

    /// The API reports no rate limits for this endpoint.
    private static func answer(
        context: AnswerInput, ids: inout IDMint,
        _ content: (inout JSONWriter, String) -> Void
    ) -> Answer {
        let headers = StandardHeaders.fields(
            contentType: "application/json", context: context, ids: &ids, rateLimits: nil)
        var writer = JSONWriter(style: .pretty, reserving: 4096)
        content(&writer, context.organization)
        writer.raw("\n")
        return Answer(status: 200, headers: headers, body: .whole(writer.bytes))
    }

    private static func write(_ id: String, _ model: ModelInfo, _ owner: String, to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("id", id)
            writer.member("object", "model")
            writer.member("created", created(model))
            writer.member("owned_by", id.hasPrefix("ft:") ? owner : "system")
            writer.member("shutdown_date", orNull: model.shutdown?.text)
        }
    }

    /// Midnight UTC of the snapshot's date (`…-2024-08-06`); for a name without a date, the day of the first chat models.
    ///
    /// The real dates differ by days or weeks. The table does not contain the real dates, and no client can depend on them.
    static func created(_ model: ModelInfo) -> Int {
        CivilDate(model.snapshot.suffix(10))?.unixTime ?? 1_677_610_602
    }
}
