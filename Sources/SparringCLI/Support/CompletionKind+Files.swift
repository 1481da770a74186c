import ArgumentParser

extension CompletionKind {
    /// Files with a scenario. `sparring scenarios` lists the names of built-in ones.
    static var scenarioFile: CompletionKind { .file(extensions: ["yaml", "yml", "json"]) }
}
