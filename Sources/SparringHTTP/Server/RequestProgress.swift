import SparringWire

/// How far one request has come, from its head to the end of its answer, in HTTP/1 and HTTP/2 alike. Pure: a handler passes events in
/// and carries out the action that each returns.
struct RequestProgress: Hashable, Sendable {
    private enum State: Hashable {
        /// Not all of its head has come.
        case head
        /// Its head has come, and it is not answered yet.
        case body
        /// It can be answered, and waits for its turn.
        case waiting(Rest)
        /// A thread of the pool decides its answer.
        case deciding(Rest)
        case answering(Rest)
        case over
    }

    /// What is still to come of a request that can be answered.
    private enum Rest: Hashable {
        case nothing
        /// Its body comes while it is answered.
        case wanted
        /// It is answered without the rest.
        case unwanted
    }

    /// Where `Expect: 100-continue` stands (RFC 9110 §10.1.1).
    private enum Continue: Hashable {
        /// The client has not asked, has its 100 or sends the body without it.
        case settled
        case asked
        /// A fault delays the 100.
        case delayed
    }

    private var state = State.head
    private var continuation = Continue.settled
    private var expectsBody = false
    /// A fault keeps the body from being read.
    private(set) var isStalled = false
    /// The answer's script keeps the connection from being read.
    private var isPaused = false
    /// Deciding the answer may block its thread.
    private var mayBlock = false

    enum Event: Hashable {
        /// The head has come.
        /// - Parameter mayBlock: whether deciding the answer may block its thread.
        case head(expectsContinue: Bool, expectsBody: Bool, mayBlock: Bool)
        /// The next fault that is planned for the time before the body. It has no obstacle.
        case fault(RequestFaultAction)
        /// The plan is to answer the request while its body comes.
        case stream
        /// The plan is to have the body taken piece by piece, by what may block its thread.
        case intake
        /// Bytes of the body have come.
        case bytes
        case end
        /// The request cannot be served.
        case problem
        /// All answers before it are out.
        case mayContinue
        /// The delay of its 100 Continue is over.
        case delayIsOver
        case stallIsOver
        /// It is answered next.
        /// - Parameter isLarge: whether to look at its body takes long.
        case turn(isLarge: Bool)
        case decided
        /// The script of its answer allows or forbids to read the connection.
        case reading(Bool)
        /// Its answer has ended.
        case ended
        /// The server stops, or its client is gone.
        case drop
    }

    enum Action: Hashable {
        case none
        /// Answer the head; the body is not read.
        case answerEarly
        /// Report `delayIsOver` after this time.
        case delay(Duration)
        /// Read nothing, and report `stallIsOver` after this time.
        case stall(Duration)
        /// Pass on what has come during the stall.
        case release
        /// Send 100 Continue.
        case sendContinue
        /// Report its turn once the answers before it are out.
        case arrive
        case decide
        /// Decide on a thread of the pool.
        case decideElsewhere
        /// The rest of a streamed body will not come: end the answer, if it has begun.
        case breakOff
        /// Forget what has come of it; it is not answered.
        case abandon
        /// The next request can follow.
        case next
        /// The rest of the request is not read: no request can follow it on HTTP/1.
        case leaveRest
    }
}

// MARK: - Questions

extension RequestProgress {
    /// Not complete, and not answered yet.
    var isComing: Bool { state == .head || state == .body }

    /// It is answered, or waits for that.
    var hasArrived: Bool {
        switch state {
        case .waiting, .deciding, .answering: true
        case .head, .body, .over: false
        }
    }

    /// Its answer is being decided or played.
    var isInHand: Bool {
        switch state {
        case .deciding, .answering: true
        case .head, .body, .waiting, .over: false
        }
    }

    var isDeciding: Bool {
        if case .deciding = state { true } else { false }
    }

    /// Its answer is being decided or played, and its body is still coming.
    var isStreaming: Bool { state == .answering(.wanted) || state == .deciding(.wanted) }

    /// Nothing should be read for its sake.
    var holdsInput: Bool { isStalled || isPaused }

    /// Why a fault has no effect on it; nil if it has.
    func obstacle(to fault: RequestFaultAction) -> String? {
        fault.obstacle(awaitsContinue: continuation != .settled, expectsBody: expectsBody)
    }
}

// MARK: - Events

extension RequestProgress {
    /// An event that does not fit the state changes nothing and returns `none`.
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

    /// Errors need neither a disk nor the body.
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
        // Only its end has shown it: HTTP/2 counts a body when it is complete.
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
