import SparringWire

/// The progress of one request, from its head to the end of its answer, for both HTTP/1 and HTTP/2. The type is pure: a handler passes
/// events in and performs the returned actions.
struct RequestProgress: Hashable, Sendable {
    private enum State: Hashable {
        /// The head is incomplete.
        case head
        /// The head has arrived, and the request is not answered yet.
        case body
        /// The request can be answered, and waits for its turn.
        case waiting(Rest)
        /// A thread of the pool is deciding the answer.
        case deciding(Rest)
        case answering(Rest)
        case over
    }

    /// The part of an answered request that has not arrived.
    private enum Rest: Hashable {
        case nothing
        /// The body is still arriving while the request is being answered.
        case wanted
        /// The request is answered without reading the rest of the body.
        case unwanted
    }

    /// The state of `Expect: 100-continue` (RFC 9110 §10.1.1).
    private enum Continue: Hashable {
        /// The client did not ask for a 100 Continue, has received it, or sends the body without waiting for it.
        case settled
        case asked
        /// A fault delays the 100 Continue.
        case delayed
    }

    private var state = State.head
    private var continuation = Continue.settled
    private var expectsBody = false
    /// Whether a fault prevents reading the body.
    private(set) var isStalled = false
    /// Whether the answer's script prevents reading the connection.
    private var isPaused = false
    /// Whether deciding the answer may block its thread.
    private var mayBlock = false

    enum Event: Hashable {
        /// The head has arrived.
        /// - Parameter mayBlock: whether deciding the answer may block its thread.
        case head(expectsContinue: Bool, expectsBody: Bool, mayBlock: Bool)
        /// The next fault before the body, if nothing prevents it.
        case fault(RequestFaultAction)
        /// The plan answers the request while its body arrives.
        case stream
        /// The plan passes the body to an intake, which may block its thread.
        case intake
        /// Bytes of the body have arrived.
        case bytes
        case end
        /// The request cannot be served.
        case problem
        /// All earlier answers have been sent.
        case mayContinue
        /// The delay of the 100 Continue is over.
        case delayIsOver
        case stallIsOver
        /// The request is the next one to answer.
        /// - Parameter isLarge: whether reading the body takes long.
        case turn(isLarge: Bool)
        case decided
        /// The script of the answer allows or forbids reading the connection.
        case reading(Bool)
        /// The answer has ended.
        case ended
        /// The server stops, or the client has disconnected.
        case drop
    }

    enum Action: Hashable {
        case none
        /// Answer the head without reading the body.
        case answerEarly
        /// Report `delayIsOver` after this time.
        case delay(Duration)
        /// Stop reading, and report `stallIsOver` after this time.
        case stall(Duration)
        /// Pass on the bytes that arrived during the stall.
        case release
        /// Send 100 Continue.
        case sendContinue
        /// Wait for the request's turn, and report it after the earlier answers have been sent.
        case arrive
        case decide
        /// Decide the answer on a thread of the pool.
        case decideElsewhere
        /// The rest of a streamed body will not arrive. End the answer, if it has begun.
        case breakOff
        /// Drop the request without an answer.
        case abandon
        /// The next request can follow.
        case next
        /// The rest of the request is not read. In HTTP/1, no request can follow.
        case leaveRest
    }
}

// MARK: - Queries

extension RequestProgress {
    /// Whether the request is neither complete nor being answered.
    var isComing: Bool { state == .head || state == .body }

    /// Whether the request is being answered, or waits for that.
    var hasArrived: Bool {
        switch state {
        case .waiting, .deciding, .answering: true
        case .head, .body, .over: false
        }
    }

    /// Whether the answer is being decided or played.
    var isInHand: Bool {
        switch state {
        case .deciding, .answering: true
        case .head, .body, .waiting, .over: false
        }
    }

    var isDeciding: Bool {
        if case .deciding = state { true } else { false }
    }

    /// Whether the answer is being decided or played while the body is still arriving.
    var isStreaming: Bool { state == .answering(.wanted) || state == .deciding(.wanted) }

    /// Whether the connection should stop reading.
    var holdsInput: Bool { isStalled || isPaused }

    /// The reason why a fault has no effect on the request; nil if it has an effect.
    func obstacle(to fault: RequestFaultAction) -> String? {
        fault.obstacle(awaitsContinue: continuation != .settled, expectsBody: expectsBody)
    }
}

// MARK: - Events

extension RequestProgress {
    /// Processes an event. An event that does not fit the state changes nothing and returns `none`.
    mutating func event(_ event: Event) -> Action {
        switch event {
        case .head(let expectsContinue, let expectsBody, let mayBlock):
            guard state == .head else { return .none }
            state = .body
            continuation = expectsContinue ? .asked : .settled
            self.expectsBody = expectsBody
            self.mayBlock = mayBlock
            return .none
        case .fault(let fault): return state == .body ? apply(fault) : .none
        case .stream: return state == .body ? arrive(.wanted) : .none
        case .intake:
            if state == .body { mayBlock = true }
            return .none
        case .bytes:
            continuation = .settled
            return .none
        case .end: return end()
        case .problem: return fail()
        case .mayContinue: return sendContinue()
        case .delayIsOver:
            if continuation == .delayed { continuation = .asked }
            return .none
        case .stallIsOver:
            isStalled = false
            return .release
        case .turn(let isLarge): return takeTurn(isLarge: isLarge)
        case .decided:
            switch state {
            case .waiting(let rest), .deciding(let rest): state = .answering(rest)
            case .head, .body, .answering, .over: break
            }
            return .none
        case .reading(let isOn):
            isPaused = !isOn
            return .none
        case .ended:
            guard case .answering(let rest) = state else { return .none }
            state = .over
            return rest == .nothing ? .next : .leaveRest
        case .drop:
            guard isComing else { return .none }
            state = .over
            return .abandon
        }
    }

    private mutating func apply(_ fault: RequestFaultAction) -> Action {
        switch fault {
        case .earlyAnswer, .refuseContinue: return refuse(.answerEarly)
        case .lateContinue(let wait):
            continuation = .delayed
            return .delay(wait)
        case .stalledUpload(let wait):
            isStalled = true
            return .stall(wait)
        }
    }

    private mutating func arrive(_ rest: Rest) -> Action {
        state = .waiting(rest)
        return .arrive
    }

    /// Errors are decided on the event loop, because they need neither a disk nor the body.
    private mutating func refuse(_ action: Action) -> Action {
        state = .waiting(.unwanted)
        mayBlock = false
        return action
    }

    private mutating func end() -> Action {
        switch state {
        case .body: return arrive(.nothing)
        case .waiting(.wanted): state = .waiting(.nothing)
        case .deciding(.wanted): state = .deciding(.nothing)
        case .answering(.wanted): state = .answering(.nothing)
        case .head, .waiting, .deciding, .answering, .over: break
        }
        return .none
    }

    private mutating func fail() -> Action {
        switch state {
        case .head, .body: return refuse(.arrive)
        // With HTTP/2, this error is detected only at the end of the body, when all its bytes are counted.
        case .waiting(.nothing):
            mayBlock = false
            return .arrive
        case .waiting(.wanted), .deciding(.wanted), .answering(.wanted): return .breakOff
        case .waiting, .deciding, .answering, .over: return .none
        }
    }

    private mutating func sendContinue() -> Action {
        guard continuation == .asked, state == .body || isStreaming else { return .none }
        continuation = .settled
        return .sendContinue
    }

    private mutating func takeTurn(isLarge: Bool) -> Action {
        guard case .waiting(let rest) = state else { return .none }
        guard mayBlock || isLarge else { return .decide }
        state = .deciding(rest)
        return .decideElsewhere
    }
}
