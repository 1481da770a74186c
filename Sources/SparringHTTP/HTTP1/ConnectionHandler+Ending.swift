import NIOCore
import NIOSSL
import NIOTLS
import SparringExchange
import SparringWire

/// Ends the connection from the server's side or from the client's.
extension ConnectionHandler {
    /// The server is stopping. Idle connections and hanging answers end now; finite answers may finish.
    func quiesce() {
        isStopping = true
        forgetRequests()
        if let socket, phase != .leaving { return socket.quiesce() }
        switch phase {
        case .leaving: departure.hurry()
        case .serving, .lastAnswers:
            phase = .lastAnswers
            cancelDeadline()
            if isStreaming {
                player?.cut()
            } else if let player {
                player.stopHanging()
            } else if !isDeciding {
                departure.closeNow()
            }
        }
    }

    /// The grace period of the stopping server is over.
    func cut() {
        phase = .leaving
        socket?.cut("the server was stopped")
        player?.cut()
        departure.closeNow()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let event = event as? ChannelEvent, event == .inputClosed { inputClosed() }
        if let gate, case TLSUserEvent.handshakeCompleted = event, !gate.secured() { phase = .leaving }
        context.fireUserInboundEventTriggered(event)
    }

    private func inputClosed() {
        inputEnded()
        isInputClosed = true
        cancelDeadline()
        if let socket, phase != .leaving {
            let reason = "closed the connection without a Close frame"
            socket.connectionLost(reason)
            return peerLeft(reason)
        }
        if let player { player.peerClosed() } else if !isBusy { departure.closeNow() }
    }

    func channelInactive(context: ChannelHandlerContext) {
        inputEnded()
        phase = .leaving
        cancelDeadline()
        dropDiversion()
        socket?.connectionLost("closed the connection")
        player?.connectionLost("closed the connection")
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        isRemoved = true
        // While the answer to a large body is being decided, the connection stays registered, so that a stopping server
        // waits for it.
        if !isDeciding { connections.remove(number) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error {
        // A close without close_notify is still a close, and is reported as a close.
        case NIOSSLError.uncleanShutdown: break
        default:
            gate?.failed("broke the connection: \(TLSWords.ofServer(error))")
            phase = .leaving
            socket?.connectionLost("broke the connection: \(error)")
            player?.connectionLost("broke the connection: \(error)")
            departure.closeNow()
        }
    }
}
