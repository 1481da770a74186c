import ArgumentParser

extension CompletionKind {
    /// Files with a scenario. `sparring scenarios` lists the names of the built-in scenarios.
    static var scenarioFile: CompletionKind { .file(extensions: ["yaml", "yml", "json"]) }
}
