import SparringAPI
import SparringExchange
import SparringJSON
import SparringWire

/// Sessions that translate speech, `/v1/realtime/translations`.
extension RequestPipeline {
    static let translationPath = "/v1/realtime/translations"

    /// The translation session that a handshake opens.
    /// - Parameters:
    ///   - named: the model in the URL; nil if the URL names none.
    ///   - session: the name of the Sparring session.
    ///   - expiresAt: Unix seconds.
    /// - Throws: the error that the socket ends with.
    func openedTranslation(
        secret: StoredSecret?, _ named: ModelAddress?, _ models: ModelTable, session: String, expiresAt: Int,
        ids: inout IDMint
    ) throws(APIError) -> RealtimeSettings {
        let wanted = named?.model ?? secret?.settings["model"]?.string
        guard let wanted, !wanted.isEmpty else { throw .missingModel }
        let answering = models.answering(wanted, at: .realtime)
        guard let model = answering.models[wanted] else { throw .unknownModel(wanted) }
        guard models[wanted] == nil || model.id.contains("translate") else { throw .notInRealtime(wanted) }
        let translation = try RealtimeTranslation(
            model: wanted, expiresAt: expiresAt, settings: secret?.settings ?? [:], ids: &ids)
        return RealtimeSettings(
            state: RealtimeState(translation: translation, ids: &ids), model: model, session: session,
            authorization: request.headers["authorization"], warning: answering.warning)
    }
}
