import NIOCore
import NIOTLS

/// Stands where a connection's protocol is not known yet: hears what TLS has agreed upon (ALPN, RFC 7301), or looks at the first bytes
/// in the clear (RFC 9113 §3.3), and makes room for whoever speaks it. Lives on the connection's event loop.
final class ProtocolChoice: ChannelInboundHandler, RemovableChannelHandler, ServedConnection {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let channel: any Channel
    private let patience: Duration
    /// Puts the handlers of HTTP/2, or of HTTP/1, behind this one.
    private let install: (_ isHTTP2: Bool) throws -> Void
    private let whenClosed: () -> Void
    /// Bytes that could be the beginning of either.
    private var kept = ByteBuffer()
    private var hasChosen = false
    private var deadline: Scheduled<Void>?

    /// - Parameters:
    ///   - patience: how long a beginning that could be either is waited with.
    ///   - whenClosed: called where the connection ends before it has been chosen for.
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
            // HTTP/1 tells a client that is too slow so.
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

    /// - Parameter event: what has settled it, for those who come in its place.
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

    /// Nobody has asked for anything yet.
    func quiesce() { close() }

    func cut() { close() }

    private func close() { channel.close(promise: nil) }
}

/// What a client of HTTP/2 says first (RFC 9113 §3.4).
enum Preface {
    enum Verdict: Hashable {
        case http1, http2, undecided
    }

    /// Its first bytes tell it from every request of HTTP/1; the rest is NIOHTTP2's to check.
    private static let telling = Array("PRI ".utf8)

    static func verdict(on beginning: some Collection<UInt8>) -> Verdict {
        if beginning.starts(with: telling) { return .http2 }
        return telling.starts(with: beginning) ? .undecided : .http1
    }
}
