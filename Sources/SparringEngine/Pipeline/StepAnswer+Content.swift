import SparringAPI
import SparringJSON
import SparringScenario

extension StepAnswer {
    /// The content of the model's answer; nil for answers without model output.
    func content(_ values: TemplateValues) -> Content? {
        switch self {
        case .text(let text): .text(text.render(values))
        case .refusal(let text): .refusal(text.render(values))
        case .json(let document): .text(document.render(values).text())
        case .tools(let tools, let text):
            .toolCalls(
                tools.map {
                    ToolCall(name: $0.name.render(values), arguments: $0.arguments.render(values).argumentsText)
                },
                text: text?.render(values))
        case .items, .moderation, .embeddings, .batch, .progress, .error, .raw, .auto, .silence: nil
        }
    }
}

extension JSONValue {
    /// The arguments of a call: JSON text, or a text that is sent unchanged even if it is not JSON.
    fileprivate var argumentsText: String { string ?? text() }
}
