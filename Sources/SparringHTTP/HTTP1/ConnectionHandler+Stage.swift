import NIOCore
import SparringExchange
import SparringWire

/// The connection as a stage for scripts.
extension ConnectionHandler: ScriptStage {
    var canBeCut: Bool { gate?.isTLS ?? false }
    var hasStreams: Bool { false }

    func write(_ bytes: ByteBuffer, promise: EventLoopPromise<Void>) {
        outbox.write(bytes, to: channel, promise: promise)
    }

    func writeInterim(_ status: Int, promise: EventLoopPromise<Void>) {
        write(InterimResponse.bytes(status, channel.allocator), promise: promise)
    }

    /// No script that was written for HTTP/1 has any.
    func write(_ frames: ConnectionFrames, promise: EventLoopPromise<Void>) { promise.succeed() }

    func flush() { channel.flush() }

    /// The framing of HTTP/1 is in its bytes.
    func complete() {}

    var unacknowledgedBytes: Int? { SendQueue.bytesOnTheWay(of: channel) }

    var hasNextRequestByte: Bool { assembler.hasBegun || !arrivals.isEmpty }

    func setReading(_ isOn: Bool) {
        _ = advanceFirst(.reading(isOn))
        updateReading()
    }

    func ended(_ player: ScriptPlayer, _ ending: Ending?) {
        self.player = nil
        // What has been answered before all of it had come leaves no place where a next request could begin.
        let ending = !endFirst() && ending == .keepAlive ? .fin : ending
        // A client that is told of an ending finds it reported. Only a loss is reported after the reset: as long as the connection
        // is there, a client that begins to read can still save bytes that were counted as lost.
        if player.hasLoss { leave(.reset) }
        if let upload {
            self.upload = nil
            report(player, of: upload)
        } else {
            decider.responder.ended(player.performance, timeline: player.timeline)
        }
        if let ending, ending != .keepAlive, !player.hasLoss { leave(ending) }
        afterAnswer()
    }

    /// When it was decided, nobody knew how long the body would be and when it would end.
    private func report(_ player: ScriptPlayer, of upload: StreamingBody) {
        var (performance, timeline) = (player.performance, player.timeline)
        performance.exchange.request.streamedBytes = upload.count
        if let moment = upload.endedAt { timeline.insert(.requestEnd, at: moment) }
        decider.responder.ended(performance, timeline: timeline)
    }
}
