/// Takes a request's body while it comes, where it is too much to be held: the responder that answers the head with one finds
/// it on the request when the request is complete.
///
/// It is called off the event loop, by one caller at a time and in order, and may block: nothing more is read from the client
/// while much of what came waits for it.
package protocol BodyIntake: AnyObject, Sendable {
    /// A longer body is refused as any other that is too large.
    var limit: Int { get }

    func receive(_ bytes: [UInt8])

    /// The request will not be complete. Called at most once, and instead of the answer.
    func abandon()
}
