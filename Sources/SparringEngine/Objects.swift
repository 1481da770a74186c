import SparringAPI

/// What a session holds for its clients, one shelf for each kind of object.
package struct Objects: Sendable {
    var responses = Shelf<StoredResponse>()
    var conversations = Shelf<Conversation>()

    var completions = Shelf<StoredCompletion>()
    package init() {}
}
