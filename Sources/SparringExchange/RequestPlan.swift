package import SparringWire

/// The handling of a request between its head and its answer.
package struct RequestPlan: Sendable {
    package enum Body: Sendable {
        /// Answer the request when its whole body is in memory.
        case collect
        /// Answer the request while its body arrives; the answer reads the body from `upload`. HTTP/2 collects the whole body instead.
        case stream
        /// Pass the body to the intake piece by piece, then answer the request.
        case intake(any BodyIntake)
    }

    /// The faults before the body, in order, with their durations in real time.
    package var faults: [(fault: Fault, strike: RequestFaultAction)]
    package var body: Body
    /// Whether answering may block its thread, for example on a disk. An answer that may block is made off the event loop.
    package var mayBlock: Bool

    package init(
        faults: [(fault: Fault, strike: RequestFaultAction)] = [], body: Body = .collect, mayBlock: Bool = false
    ) {
        self.faults = faults
        self.body = body
        self.mayBlock = mayBlock
    }
}
