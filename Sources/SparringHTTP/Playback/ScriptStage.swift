import NIOCore
import SparringExchange
import SparringWire

/// The connection, or the stream of one, that a script is played on.
protocol ScriptStage: FeedSink {
    /// Sends an interim response, such as 100; the promise as above.
    func writeInterim(_ status: Int, promise: EventLoopPromise<Void>)
    /// Sends frames of the connection, if the protocol has them; the promise as above.
    func write(_ frames: ConnectionFrames, promise: EventLoopPromise<Void>)
    /// Marks the answer as complete, if only its ending could show that.
    func complete()
    /// Written bytes that the peer's kernel has not acknowledged; nil if the system does not report them.
    var unacknowledgedBytes: Int? { get }
    /// Whether bytes of a further request have arrived.
    var hasNextRequestByte: Bool { get }
    /// Whether the connection can end without close_notify, which needs TLS.
    var canBeCut: Bool { get }
    /// Whether an incomplete answer can end without ending the connection.
    var hasStreams: Bool { get }
    /// Reads from the peer, or stops reading, as the script orders.
    func setReading(_ isOn: Bool)
    /// Called once, after the last event. Without an ending the connection is already gone.
    func ended(_ player: ScriptPlayer, _ ending: Ending?)
}
