import Dispatch
import Foundation

/// SIGINT and SIGTERM as a stream: the first asks for a graceful stop, the second means now.
struct Signals {
    /// Stands in the stream for the end of standard input, which is no signal.
    static let inputEnded: Int32 = 0
    /// Stands in the stream for output that cannot be written, which is no signal either.
    static let outputFailed: Int32 = -1

    private let sources: [any DispatchSourceSignal]
    private let continuation: AsyncStream<Int32>.Continuation
    let received: AsyncStream<Int32>

    init() {
        let (stream, continuation) = AsyncStream.makeStream(of: Int32.self)
        self.continuation = continuation
        received = stream
        sources = [SIGINT, SIGTERM].map { number in
            // The default action would end the process before the source hears of it.
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number)
            source.setEventHandler { continuation.yield(number) }
            source.resume()
            return source
        }
    }

    /// Yields `inputEnded` when standard input ends. A thread of its own waits in `read` for as long as the process runs.
    func listenToInput() {
        Thread { [continuation] in
            while !FileHandle.standardInput.availableData.isEmpty {}
            continuation.yield(Self.inputEnded)
        }.start()
    }

    /// Where the lines of a server go. If they cannot be written, that counts as a first signal.
    func log() -> ServerLog { ServerLog(onFailure: stop) }

    /// Counts as a first signal: what is under way ends in order.
    var stop: @Sendable () -> Void {
        { [continuation] in continuation.yield(Self.outputFailed) }
    }

    /// The first signal.
    func first() async -> Int32 {
        for await number in received { return number }
        return SIGTERM
    }

    /// A signal source that nobody holds hears nothing: called where listening may end.
    func keepUntilHere() { withExtendedLifetime(sources) {} }

    /// Ends the process at the next signal, whatever is still going on.
    func exitOnNext() {
        // Unstructured on purpose: it outlives every task, up to the end of the process.
        Task.detached { [received] in
            for await number in received where number > 0 { _exit(128 + number) }
        }
    }

    /// Acts at the first signal and ends the process at the second.
    func onFirst(_ act: @escaping @Sendable () -> Void) {
        Task.detached { [received] in
            var isFirst = true
            for await number in received {
                if isFirst {
                    isFirst = false
                    act()
                } else if number > 0 {
                    _exit(128 + number)
                }
            }
        }
    }
}
