import SparringAPI
import SparringScenario
import SparringWire

/// What a request wants to have answered: a model's words, or something of what the session holds.
enum Ask {
    case call(Call)
    case object(ObjectOperation)
    /// Answered elsewhere, and once.
    case sourced(SourceTicket)

    /// Whether a request that no rule matches is answered all the same.
    func isAnswered(otherwise: Scenario.Otherwise) -> Bool {
        switch self {
        case .call: otherwise == .auto
        case .object, .sourced: true
        }
    }

    /// The answer where no step gives one.
    func ownAnswer(context: inout AnswerContext, models: ModelTable) -> Answer {
        switch self {
        case .call(let call):
            return call.answer(saying: AutoContent.content(for: call), context: &context, models: models)
        case .object(let operation):
            do throws(APIError) {
                return try operation.answer(context: &context, models: models)
            } catch {
                return error.answer(context: &context)
            }
        case .sourced(let ticket): return ticket.take()
        }
    }

    /// Why there is none; nil where there is one.
    var obstacle: String? {
        switch self {
        case .call(let call): AutoContent.obstacle(for: call)
        case .object, .sourced: nil
        }
    }

    /// The call that a step can put words into; nil where nobody speaks.
    var speaker: Call? {
        switch self {
        case .call(.embeddings), .call(.moderations), .object: nil
        case .call(let call): call
        case .sourced(let ticket): ticket.call.flatMap { Ask.call($0).speaker }
        }
    }

    /// What is asked, whoever answers.
    var spoken: Ask {
        if case .sourced(let ticket) = self, let call = ticket.call { .call(call) } else { self }
    }

    var promptTokens: Int {
        switch self {
        case .call(let call): call.promptTokens
        case .object: 0
        case .sourced(let ticket): ticket.call?.promptTokens ?? 0
        }
    }
}
