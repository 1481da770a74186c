import SparringAPI
import SparringWire

extension ObjectOperation {
    /// Deletes a fine-tuned model. Other models, and models that are already deleted, cause an error.
    func deleteModel(
        _ id: String, of models: ModelTable, context: AnswerInput, ids: inout IDMint
    ) throws(APIError) -> Answer {
        let answer = try ModelsAnswer.delete(id, models: models, context: context, ids: &ids)
        let wasThere = session.adjust { $0.objects.deleteModel(id) }
        guard wasThere || validation == .examples else { throw ModelsAnswer.unknown(id) }
        return answer
    }
}
