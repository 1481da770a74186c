/// Takes a request's body as it arrives, if the body is too long for memory. A responder returns an intake when it has seen the head of a
/// request, and finds the intake on the request when the request is complete.
///
/// An intake is called off the event loop, by one caller at a time and in order. An intake may block: the client's connection is not read
/// while much received data waits for the intake.
package protocol BodyIntake: AnyObject, Sendable {
    /// The maximum length of a body; a longer body is refused, like any other body that is too large.
    var limit: Int { get }

    func receive(_ bytes: [UInt8])

    /// Called, at most once, if the request will not be completed; it then gets no answer.
    func abandon()
}
