package import SparringScenario
import SparringWire

/// What a script can only say once its case has a session: scenarios have templates for what a model says, but not for bytes that are
/// written as they stand.
extension Case {
    /// The script with the case's own values in raw answers and in messages of errors.
    /// - Parameters:
    ///   - session: for `{{session}}`; the key that goes with it for `{{key}}`.
    ///   - elsewhere: for `{{elsewhere}}`, the same base URL at another host: an origin that the key is not meant for.
    package func script(session: String, elsewhere: String) -> Scenario {
        var scenario = scenario
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
