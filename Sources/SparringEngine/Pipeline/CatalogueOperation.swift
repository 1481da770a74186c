import SparringAPI
import SparringWire

/// A request for the list of models, or for one of them.
struct CatalogueOperation {
    let models: ModelTable
    /// The requested model; nil for all models.
    let model: String?

    func answer(context: AnswerInput, ids: inout IDMint) -> Answer {
        guard let model else { return ModelsAnswer.list(models, context: context, ids: &ids) }
        do throws(APIError) {
            return try ModelsAnswer.retrieve(model, models: models, context: context, ids: &ids)
        } catch {
            return error.answer(context: context, ids: &ids)
        }
    }
}
