package import SparringWire

/// What happens to a request between its head and its answer.
package struct RequestPlan: Sendable {
    package enum Body: Sendable {
        /// The request is answered when all of its body is in memory.
        case collect
        /// The request is answered while its body comes, as its `upload`. HTTP/2 collects such a body.
        case stream
        /// The body is taken piece by piece, and the request answered then.
        case intake(any BodyIntake)
    }

    /// The faults before the body, in order, with their times in real time.
    package var faults: [(fault: Fault, strike: RequestFaultAction)]
    package var body: Body
    /// Whether answering may block its thread, for example on a disk: then it is done off the event loop.
    package var mayBlock: Bool

    package init(
        faults: [(fault: Fault, strike: RequestFaultAction)] = [], body: Body = .collect, mayBlock: Bool = false
    ) {
        self.faults = faults
        self.body = body
        self.mayBlock = mayBlock
    }
}
