import Dispatch
import Foundation

/// SIGINT, SIGTERM and SIGHUP as a stream: the first asks for a graceful stop, the second for an immediate one.
///
/// SIGHUP means that the terminal is gone. Both the kernel and the shell may send SIGHUP, so SIGHUP never asks for an immediate stop.
/// SIGHUP stays ignored if it was ignored at the start, as with `nohup`.
struct Signals {
    /// The element for the end of standard input. The end of standard input is not a signal.
    static let inputEnded: Int32 = 0
    /// The element for output that cannot be written. Output that cannot be written is not a signal.
    static let outputFailed: Int32 = -1

    private let sources: [any DispatchSourceSignal]
    private let continuation: AsyncStream<Int32>.Continuation
    let received: AsyncStream<Int32>

    init() {
        let (stream, continuation) = AsyncStream.makeStream(of: Int32.self)
        self.continuation = continuation
        received = stream
        sources = [SIGINT, SIGTERM, SIGHUP].compactMap { number in
            // The default action of a signal would end the process before the source receives the signal.
            let before = signal(number, SIG_IGN)
            let wasIgnored = unsafeBitCast(before, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
            if number == SIGHUP, wasIgnored { return nil }
            let source = DispatchSource.makeSignalSource(signal: number)
            source.setEventHandler { continuation.yield(number) }
            source.resume()
            return source
        }
    }

    /// Yields `inputEnded` when standard input ends. A separate thread waits in `read` for as long as the process runs.
    func listenToInput() {
        Thread { [continuation] in
            while !FileHandle.standardInput.availableData.isEmpty {}
            continuation.yield(Self.inputEnded)
        }.start()
    }

    /// A log for a server. A line that cannot be written counts as the first signal.
    func log() -> ServerLog { ServerLog(onFailure: stop) }

    /// Requests a graceful stop, like the first signal.
    var stop: @Sendable () -> Void {
        { [continuation] in continuation.yield(Self.outputFailed) }
    }

    /// Waits for the first signal.
    func first() async -> Int32 {
        for await number in received { return number }
        return SIGTERM
    }

    /// Keeps the signal sources alive until this function is called. A released source would receive no signals.
    func keepUntilHere() { withExtendedLifetime(sources) {} }

    /// Ends the process at the next signal, without waiting for running work.
    func exitOnNext() {
        // An unstructured task, because it must outlive all other tasks until the process ends.
        Task.detached { [received] in
            for await number in received where number > 0 && number != SIGHUP { _exit(128 + number) }
        }
    }

    /// Calls `act` at the first signal, and ends the process at the second.
    func onFirst(_ act: @escaping @Sendable () -> Void) {
        Task.detached { [received] in
            var isFirst = true
            for await number in received {
                if isFirst {
                    isFirst = false
                    act()
                } else if number > 0, number != SIGHUP {
                    _exit(128 + number)
                }
            }
        }
    }
}
