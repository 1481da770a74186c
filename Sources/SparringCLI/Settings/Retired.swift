/// The answer to operations that the API has shut down.
enum Retired: String, CaseIterable {
    /// The API's 404.
    case gone
    /// An answer in the form that the OpenAPI document describes, for tests that are older than the shutdown.
    case serve
}
