/// Takes a request's body as it arrives, if the body is too long for memory. A responder returns an intake when it has
/// seen the head, and finds it on the request when the request is complete.
///
/// Called off the event loop, by one caller at a time and in order. It may block: the client's connection is not read
/// while much received data waits for the intake.
package protocol BodyIntake: AnyObject, Sendable {
    /// A longer body is refused, like any other body that is too large.
    var limit: Int { get }

    func receive(_ bytes: [UInt8])

    /// Called if the request will not be completed, at most once, and instead of the answer.
    func abandon()
}
