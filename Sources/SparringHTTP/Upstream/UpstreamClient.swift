import NIOCore
import NIOPosix
import NIOSSL
package import SparringExchange
import Synchronization

/// Connects to one server, and keeps idle connections for later requests on the same event loop.
package final class UpstreamClient: Upstream {
    package struct Server: Sendable, Hashable {
        package var host: String
        package var port: Int
        package var isTLS: Bool
        /// PEM files with certificates that are trusted instead of the system's.
        package var authorities: [String]

        package init(host: String, port: Int, isTLS: Bool, authorities: [String] = []) {
            self.host = host
            self.port = port
            self.isTLS = isTLS
            self.authorities = authorities
        }
    }

    /// The reason why the given certificates cannot be used.
    package struct TrustError: Error, CustomStringConvertible {
        package let description: String
    }

    private let server: Server
    private let clock: MonotonicClock
    private let tls: NIOSSLContext?
    private let state = Mutex(State())

    private struct State {
        var idle: [ObjectIdentifier: [NIOLoopBound<UpstreamConnection>]] = [:]
        var isClosed = false
    }

    /// Servers close idle connections after some seconds. A request that is sent at that moment would be lost.
    private static let idleTime = TimeAmount.seconds(3)
    private static let connectTime = TimeAmount.seconds(30)

    package init(_ server: Server, clock: MonotonicClock) throws(TrustError) {
        self.server = server
        self.clock = clock
        guard server.isTLS else {
            tls = nil
            return
        }
        do {
            var configuration = TLSConfiguration.makeClientConfiguration()
            configuration.applicationProtocols = ["http/1.1"]
            if !server.authorities.isEmpty {
                configuration.trustRoots = .certificates(
                    try server.authorities.flatMap { try NIOSSLCertificate.fromPEMFile($0) })
            }
            tls = try NIOSSLContext(configuration: configuration)
        } catch {
            throw TrustError(
                description: "\(server.authorities.joined(separator: ", ")): no certificates in PEM: \(error)")
        }
    }

    package func send(_ request: Request, observer: any UpstreamObserver) -> any UpstreamCall {
        let eventLoop = MultiThreadedEventLoopGroup.currentEventLoop ?? MultiThreadedEventLoopGroup.singleton.any()
        let call = Call(eventLoop)
        if eventLoop.inEventLoop {
            start(call, request, observer)
        } else {
            eventLoop.execute { self.start(call, request, observer) }
        }
        return call
    }

    private func start(_ call: Call, _ request: Request, _ observer: any UpstreamObserver) {
        if let connection = takeIdle(call.eventLoop) {
            return call.begin(request, on: connection, observer)
        }
        connect(call.eventLoop).assumeIsolated().whenComplete { [clock] result in
            switch result {
            case .success(let bound): call.begin(request, on: bound.value, observer)
            case .failure(let error):
                guard !call.isCancelled else { return }
                observer.heard(.failed(.unreachable(TLSWords.of(error))), at: clock.now)
            }
        }
    }

    // MARK: Connections

    private func takeIdle(_ eventLoop: any EventLoop) -> UpstreamConnection? {
        let limit = NIODeadline.now() - Self.idleTime
        while let bound = state.withLock({ $0.idle[ObjectIdentifier(eventLoop)]?.popLast() }) {
            if bound.value.isUsable, bound.value.idleSince > limit { return bound.value }
            bound.value.close()
        }
        return nil
    }

    private func keepIdle(_ connection: UpstreamConnection) {
        guard let eventLoop = connection.channel?.eventLoop else { return }
        let bound = NIOLoopBound(connection, eventLoop: eventLoop)
        let isClosed = state.withLock { state in
            if !state.isClosed { state.idle[ObjectIdentifier(eventLoop), default: []].append(bound) }
            return state.isClosed
        }
        if isClosed { connection.close() }
    }

    private func connect(_ eventLoop: any EventLoop) -> EventLoopFuture<NIOLoopBound<UpstreamConnection>> {
        let (server, tls, clock) = (server, tls, clock)
        return ClientBootstrap(group: eventLoop)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelOption(.maxMessagesPerRead, value: 1)
            .connectTimeout(Self.connectTime)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    channel.closeOnExec()
                    if let tls {
                        let name = server.host.isAddress ? nil : server.host
                        try channel.pipeline.syncOperations.addHandler(
                            NIOSSLClientHandler(context: tls, serverHostname: name))
                        try channel.pipeline.syncOperations.addHandler(HandshakeWatch(channel.eventLoop))
                    }
                    try channel.pipeline.syncOperations.addHandler(
                        UpstreamConnection(clock: clock) { [weak self] in self?.keepIdle($0) })
                }
            }
            .connect(host: server.host, port: server.port)
            .flatMap { channel in
                let ready: EventLoopFuture<Void>
                do {
                    ready =
                        tls == nil
                        ? channel.eventLoop.makeSucceededVoidFuture()
                        : try channel.pipeline.syncOperations.handler(type: HandshakeWatch.self).done
                } catch {
                    ready = channel.eventLoop.makeFailedFuture(error)
                }
                return ready.flatMapThrowing {
                    let connection = try channel.pipeline.syncOperations.handler(type: UpstreamConnection.self)
                    return NIOLoopBound(connection, eventLoop: channel.eventLoop)
                }
            }
    }

    /// Closes idle connections, now and later. Must be called while the event loops run.
    package func close() {
        let all = state.withLock { state in
            defer { state = State(isClosed: true) }
            return state.idle.values.flatMap(\.self)
        }
        for bound in all { bound.eventLoop.execute { bound.value.close() } }
    }

    // MARK: Calls

    private final class Call: UpstreamCall {
        let eventLoop: any EventLoop

        private struct State {
            var sending: (connection: NIOLoopBound<UpstreamConnection>, number: Int)?
            var isCancelled = false
        }

        private let state = Mutex(State())

        init(_ eventLoop: any EventLoop) { self.eventLoop = eventLoop }

        var isCancelled: Bool { state.withLock(\.isCancelled) }

        /// Must be called on the event loop. Has no effect if the call has been cancelled.
        func begin(_ request: Request, on connection: UpstreamConnection, _ observer: any UpstreamObserver) {
            guard !isCancelled else { return connection.close() }
            let number = connection.send(request, observer: observer)
            let bound = NIOLoopBound(connection, eventLoop: eventLoop)
            state.withLock { $0.sending = (bound, number) }
        }

        func setReading(_ isOn: Bool) { onLoop { $0.setReading(isOn, for: $1) } }

        func cancel() {
            let wasCancelled = state.withLock { state in
                defer { state.isCancelled = true }
                return state.isCancelled
            }
            if !wasCancelled { onLoop { $0.cancel($1) } }
        }

        private func onLoop(_ action: @escaping @Sendable (UpstreamConnection, Int) -> Void) {
            guard let (bound, number) = state.withLock({ $0.sending }) else { return }
            if eventLoop.inEventLoop {
                action(bound.value, number)
            } else {
                eventLoop.execute { action(bound.value, number) }
            }
        }
    }
}

extension String {
    /// Server Name Indication allows names only (RFC 6066 §3).
    fileprivate var isAddress: Bool { (try? SocketAddress(ipAddress: self, port: 0)) != nil }
}
