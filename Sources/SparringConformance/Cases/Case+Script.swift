import SparringAPI
package import SparringScenario
import SparringWire

/// Fills values of the session into raw answers and error messages. Scenarios have templates for the model's text, but not for raw answers
/// and error messages.
extension Case {
    /// The script with the values of its session in raw answers and error messages. In the raw answers of a batch,
    /// `{{custom_id.1}}` is filled in later: the id of the uploaded line with the first of the task's texts.
    /// - Parameters:
    ///   - session: replaces `{{session}}`; its API key replaces `{{key}}`.
    ///   - elsewhere: replaces `{{elsewhere}}`: the same base URL at another host, which must not receive the key.
    package func script(session: String, elsewhere: String) -> Scenario {
        var scenario = scenario
        scenario.isGraded = true
        // A user's own case defines its answers itself.
        if isBuiltIn, task.operation.isConversation { scenario.unscripted = Endpoint.besideConversations }
        let prompts = task.operation == .batch ? task.texts.map { CaseTask.fill($0, session: session) } : nil
        func filled(_ text: String) -> String {
            CaseTask.fill(text, session: session)
                .replacing("{{key}}", with: "sk-sparring-\(session)").replacing("{{elsewhere}}", with: elsewhere)
        }
        for rule in scenario.rules.indices {
            for step in scenario.rules[rule].steps.indices {
                switch scenario.rules[rule].steps[step].answer {
                case .raw(var raw):
                    raw.headers = HeaderFields(raw.headers.fields.map { HeaderFields.Field($0.name, filled($0.value)) })
                    raw.body = Array(filled(String(decoding: raw.body, as: UTF8.self)).utf8)
                    raw.batchPrompts = prompts
                    scenario.rules[rule].steps[step].answer = .raw(raw)
                case .error(var error):
                    error.message = error.message.map(filled)
                    scenario.rules[rule].steps[step].answer = .error(error)
                default: break
                }
            }
        }
        return scenario
    }
}

extension Endpoint {
    /// The calls of models that a program may make in addition to a conversation: for example, it checks its prompt, searches by vectors,
    /// counts tokens or transcribes what the user said.
    static let besideConversations: Set<Endpoint> = Set(
        allCases.filter { $0.kind == .model && ![.chatCompletions, .completions, .responses].contains($0) })
}
