import NIOCore
import NIOPosix
import SparringExchange

/// Passes a request's body to its intake, piece by piece, on threads of the pool. At most one call runs at a time. Must
/// be used on the channel's event loop.
final class UploadPump {
    let intake: any BodyIntake
    private let eventLoop: any EventLoop
    /// Called when the amount of waiting data has become smaller.
    private let whenTaken: () -> Void
    private var waiting: [ByteBuffer] = []
    private var waitingBytes = 0
    private var isWorking = false
    private var isAbandoned = false
    private var whenDone: (() -> Void)?

    /// The minimum number of bytes of a call, except for the last one.
    private static let pieceBytes = 256 * 1024

    init(_ intake: any BodyIntake, eventLoop: any EventLoop, whenTaken: @escaping () -> Void) {
        self.intake = intake
        self.eventLoop = eventLoop
        self.whenTaken = whenTaken
    }

    /// Whether the connection should stop reading.
    var isFull: Bool { waitingBytes > 4 * Self.pieceBytes }

    func receive(_ bytes: ByteBuffer) {
        guard !isAbandoned else { return }
        waiting.append(bytes)
        waitingBytes += bytes.readableBytes
        work()
    }

    /// - Parameter then: called once the whole body has been taken.
    func finish(_ then: @escaping () -> Void) {
        whenDone = then
        work()
    }

    func abandon() {
        guard !isAbandoned else { return }
        isAbandoned = true
        waiting = []
        waitingBytes = 0
        work()
    }

    private func work() {
        guard !isWorking else { return }
        if isAbandoned {
            // Prevents any further call.
            isWorking = true
            run {
                $0.abandon()
            } then: {
            }
        } else if waitingBytes >= Self.pieceBytes || (whenDone != nil && waitingBytes > 0) {
            isWorking = true
            let pieces = waiting
            waiting = []
            waitingBytes = 0
            run { intake in
                intake.receive(pieces.flatMap { Array($0.readableBytesView) })
            } then: {
                self.isWorking = false
                self.work()
                self.whenTaken()
            }
        } else if let whenDone {
            self.whenDone = nil
            whenDone()
        }
    }

    private func run(_ work: @escaping @Sendable (any BodyIntake) -> Void, then: @escaping () -> Void) {
        let intake = intake
        NIOThreadPool.singleton.runIfActive(eventLoop: eventLoop) { work(intake) }.assumeIsolated().whenComplete {
            result in
            // Fails only if other code has shut down the pool.
            if case .failure = result { work(intake) }
            then()
        }
    }
}
