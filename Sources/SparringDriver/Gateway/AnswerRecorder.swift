import SparringConformance
import SparringExchange
import Synchronization

/// Records one answer of a gateway, and disconnects early if the case requires it.
final class AnswerRecorder: UpstreamObserver {
    fileprivate struct State {
        var answer: GatewayAnswer
        var call: (any UpstreamCall)?
        var isOver = false
        var isPaused = false
        /// The number of events so far, and whether the last byte ended a line.
        var events = 0
        var atLineStart = false
        var waiting: CheckedContinuation<GatewayAnswer, Never>?
    }

    private let state: Mutex<State>
    private let leavesAfter: Int?
    private let pause: Duration?

    init(sentAt: Moment, leavesAfter leave: GatewayCall.Leave?, pause: Duration?) {
        state = Mutex(State(answer: GatewayAnswer(sentAt: sentAt, endedAt: sentAt)))
        if case .afterEvents(let count)? = leave { leavesAfter = count } else { leavesAfter = nil }
        self.pause = pause
    }

    /// Takes the call, whose answer may already have arrived.
    func begin(_ call: any UpstreamCall) {
        let isOver = state.withLock { state in
            state.call = call
            return state.isOver
        }
        if isOver { call.cancel() }
    }

    var current: GatewayAnswer { state.withLock(\.answer) }

    /// Waits for the end of the answer, and returns it.
    func answer() async -> GatewayAnswer {
        await withCheckedContinuation { continuation in
            let ended = state.withLock { state -> GatewayAnswer? in
                guard !state.isOver else { return state.answer }
                state.waiting = continuation
                return nil
            }
            if let ended { continuation.resume(returning: ended) }
        }
    }

    /// Ends the recording. Later events are ignored. If the answer is not complete, the connection is closed.
    func finish(_ ending: GatewayAnswer.Ending, at moment: Moment) {
        let (waiting, call, answer) = state.withLock { state in
            guard !state.isOver else {
                return (nil, nil, nil)
                    as (CheckedContinuation<GatewayAnswer, Never>?, (any UpstreamCall)?, GatewayAnswer?)
            }
            state.isOver = true
            state.answer.ending = ending
            state.answer.endedAt = moment
            defer { state.waiting = nil }
            return (state.waiting, state.call, state.answer)
        }
        if ending == .left || ending == .expired { call?.cancel() }
        if let waiting, let answer { waiting.resume(returning: answer) }
    }

    func heard(_ event: UpstreamEvent, at moment: Moment) {
        switch event {
        case .sent: break
        case .head(let head):
            state.withLock { state in
                state.answer.head = head
                state.answer.headAt = moment
            }
            if let pause { stopReading(for: pause) }
        case .body(let bytes):
            let isEnough = state.withLock { state in
                guard !state.isOver else { return false }
                state.answer.pieces.append(GatewayAnswer.Piece(at: moment, bytes: bytes))
                guard let leavesAfter else { return false }
                state.countEvents(bytes)
                return state.events >= leavesAfter
            }
            if isEnough { finish(.left, at: moment) }
        case .end: finish(.complete, at: moment)
        case .failed(let failure): finish(.broken(failure.words), at: moment)
        }
    }

    /// Stops reading to simulate a slow reader: the bytes stay in the buffers of the kernel and of the gateway.
    private func stopReading(for pause: Duration) {
        state.withLock { $0.call }?.setReading(false)
        Task {
            try? await Task.sleep(for: pause)
            state.withLock { $0.call }?.setReading(true)
        }
    }
}

extension AnswerRecorder.State {
    /// Counts the empty lines that end events.
    fileprivate mutating func countEvents(_ bytes: [UInt8]) {
        for byte in bytes where byte != 0x0D {
            if byte == 0x0A, atLineStart { events += 1 }
            atLineStart = byte == 0x0A
        }
    }
}

extension UpstreamFailure {
    fileprivate var words: String {
        switch self {
        case .unreachable(let reason): "no connection: \(reason)"
        case .closed: "the connection was closed before the end"
        case .reset: "the connection was reset"
        case .malformed(let reason): "not HTTP: \(reason)"
        }
    }
}
