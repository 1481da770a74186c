import NIOCore
import SparringExchange
import SparringWire

/// Plays scripts on the connection.
extension ConnectionHandler: ScriptStage {
    var canBeCut: Bool { gate?.isTLS ?? false }
    var hasStreams: Bool { false }

    func write(_ bytes: ByteBuffer, promise: EventLoopPromise<Void>) {
        outbox.write(bytes, to: channel, promise: promise)
    }

    func writeInterim(_ status: Int, promise: EventLoopPromise<Void>) {
        write(InterimResponse.bytes(status, channel.allocator), promise: promise)
    }

    /// Does nothing: scripts for HTTP/1 have no frames.
    func write(_ frames: ConnectionFrames, promise: EventLoopPromise<Void>) { promise.succeed() }

    func flush() { channel.flush() }

    /// Does nothing: the framing of HTTP/1 is in its bytes.
    func complete() {}

    var unacknowledgedBytes: Int? { SendQueue.bytesOnTheWay(of: channel) }

    var hasNextRequestByte: Bool { assembler.hasBegun || !arrivals.isEmpty }

    func setReading(_ isOn: Bool) {
        _ = advanceFirst(.reading(isOn))
        updateReading()
    }

    func ended(_ player: ScriptPlayer, _ ending: Ending?) {
        self.player = nil
        if ending != nil { socket?.cut("the socket has ended") }
        // After an answer to an incomplete request, the start of the next request cannot be found on the connection.
        let ending = !endFirst() && ending == .keepAlive ? .fin : ending
        // An exchange is reported before the client can detect its end. Only a loss is reported after the reset: until
        // the reset, a client that starts to read can still receive bytes that would be counted as lost.
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

    /// Adds to the exchange the length and the end of the request's body, which were unknown when the answer was decided.
    private func report(_ player: ScriptPlayer, of upload: StreamingBody) {
        var (performance, timeline) = (player.performance, player.timeline)
        performance.exchange.request.streamedBytes = upload.count
        if let moment = upload.endedAt { timeline.insert(.requestEnd, at: moment) }
        decider.responder.ended(performance, timeline: timeline)
    }
}
