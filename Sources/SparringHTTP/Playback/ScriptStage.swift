import NIOCore
import SparringExchange
import SparringWire

/// The connection, or the HTTP/2 stream, on which a script is played.
protocol ScriptStage: FeedSink {
    /// Sends an interim response, such as 100. The promise succeeds as for `write`.
    func writeInterim(_ status: Int, promise: EventLoopPromise<Void>)
    /// Sends frames of the connection, if the protocol has frames. The promise succeeds as for `write`.
    func write(_ frames: ConnectionFrames, promise: EventLoopPromise<Void>)
    /// Marks the answer as complete, if otherwise only the ending would show that the answer is complete.
    func complete()
    /// Written bytes that the peer's kernel has not acknowledged; nil if the system does not report them.
    var unacknowledgedBytes: Int? { get }
    /// Whether bytes of a further request have arrived.
    var hasNextRequestByte: Bool { get }
    /// Whether the connection can end without close_notify, which needs TLS.
    var canBeCut: Bool { get }
    /// Whether an incomplete answer can end without ending the connection.
    var hasStreams: Bool { get }
    /// Starts or stops reading from the peer, as the script orders.
    func setReading(_ isOn: Bool)
    /// Called once, after the last event. If there is no ending, the connection is already gone.
    func ended(_ player: ScriptPlayer, _ ending: Ending?)
}
