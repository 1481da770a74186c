import NIOCore
import NIOTLS

/// Determines the protocol of a connection, from the result of ALPN (RFC 7301) or, without TLS, from the first bytes
/// (RFC 9113 §3.3), and installs the handlers of that protocol. Lives on the connection's event loop.
final class ProtocolChoice: ChannelInboundHandler, RemovableChannelHandler, ServedConnection {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let channel: any Channel
    private let patience: Duration
    /// Installs the handlers of HTTP/2 or HTTP/1 after this one.
    private let install: (_ isHTTP2: Bool) throws -> Void
    private let whenClosed: () -> Void
    /// The bytes so far, if they could be the beginning of either protocol.
    private var kept = ByteBuffer()
    private var hasChosen = false
    private var deadline: Scheduled<Void>?

    /// - Parameters:
    ///   - patience: how long to wait for more bytes if the beginning could be either protocol.
    ///   - whenClosed: called if the connection ends before the choice.
    init(
        _ channel: any Channel, patience: Duration, install: @escaping (_ isHTTP2: Bool) throws -> Void,
        whenClosed: @escaping () -> Void
    ) {
        self.channel = channel
        self.patience = patience
        self.install = install
        self.whenClosed = whenClosed
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !hasChosen else { return context.fireChannelRead(data) }
        var bytes = unwrapInboundIn(data)
        kept.writeBuffer(&bytes)
        switch Preface.verdict(on: kept.readableBytesView) {
        case .http2: choose(isHTTP2: true, context)
        case .http1: choose(isHTTP2: false, context)
        case .undecided:
            guard deadline == nil else { return }
            // After a timeout, HTTP/1 is chosen, because it can report the timeout to the client.
            deadline = context.eventLoop.schedule(after: patience) {
                self.choose(isHTTP2: false, context)
            }
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if !hasChosen, case TLSUserEvent.handshakeCompleted(let agreed) = event {
            return choose(isHTTP2: agreed == "h2", context, after: event)
        }
        if let event = event as? ChannelEvent, event == .inputClosed {
            if hasChosen { return context.fireUserInboundEventTriggered(event) }
            guard kept.readableBytes == 0 else { return choose(isHTTP2: false, context, after: event) }
            close()
        }
        context.fireUserInboundEventTriggered(event)
    }

    /// - Parameter event: the event that decided the choice; it is passed to the new handlers.
    private func choose(isHTTP2: Bool, _ context: ChannelHandlerContext, after event: Any? = nil) {
        guard !hasChosen else { return }
        hasChosen = true
        deadline?.cancel()
        do {
            try install(isHTTP2)
        } catch {
            return close()
        }
        if let event { context.fireUserInboundEventTriggered(event) }
        if kept.readableBytes > 0 {
            context.fireChannelRead(wrapInboundOut(kept))
            context.fireChannelReadComplete()
        }
        context.pipeline.syncOperations.removeHandler(self, promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        deadline?.cancel()
        if !hasChosen { whenClosed() }
        context.fireChannelInactive()
    }

    /// Closes the connection, because there is no request yet.
    func quiesce() { close() }

    func cut() { close() }

    private func close() { channel.close(promise: nil) }
}

/// The first bytes of an HTTP/2 client (RFC 9113 §3.4).
enum Preface {
    enum Verdict: Hashable {
        case http1, http2, undecided
    }

    /// These bytes distinguish an HTTP/2 client from every HTTP/1 request. NIOHTTP2 checks the rest.
    private static let telling = Array("PRI ".utf8)

    static func verdict(on beginning: some Collection<UInt8>) -> Verdict {
        if beginning.starts(with: telling) { return .http2 }
        return telling.starts(with: beginning) ? .undecided : .http1
    }
}
