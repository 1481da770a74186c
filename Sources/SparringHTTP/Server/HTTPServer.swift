import NIOCore
import NIOPosix
package import SparringExchange
package import SparringWire

/// Listens on a port, and gives every connection a `ConnectionHandler`.
package final class HTTPServer: Sendable {
    package struct Configuration: Sendable {
        /// The default address and `localhost` mean both loopback addresses: 127.0.0.1 and ::1.
        package var host: String
        /// If 0, the system chooses a free port.
        package var port: Int
        package var limits: ConnectionLimits
        /// The number of event loops.
        package var threads: Int
        /// If nil, connections do not use TLS.
        package var tls: TLSIdentities?
        /// The connection faults.
        package var plan: ListenerPlan
        /// Whether the server offers HTTP/2 in addition to HTTP/1. With TLS, the client negotiates HTTP/2 (ALPN); without TLS, the client
        /// simply starts with HTTP/2 (prior knowledge).
        package var speaksHTTP2: Bool
        /// Receives a sentence when new connections have to wait.
        package var report: @Sendable (String) -> Void = { _ in }

        package init(
            host: String = "127.0.0.1", port: Int = 0, limits: ConnectionLimits = ConnectionLimits(),
            threads: Int = System.coreCount,
            tls: TLSIdentities? = nil, plan: ListenerPlan = ListenerPlan(), speaksHTTP2: Bool = false
        ) {
            self.host = host
            self.port = port
            self.limits = limits
            self.threads = threads
            self.tls = tls
            self.plan = plan
            self.speaksHTTP2 = speaksHTTP2
        }
    }

    /// The reason why the server cannot listen: the place, the cause and the fix.
    package struct StartError: Error, CustomStringConvertible {
        package enum Reason: Sendable, Hashable {
            case portInUse
            /// This machine does not have the address.
            case addressUnavailable
            case other
        }

        package let reason: Reason
        package let host: String
        package let port: Int
        /// The system's message.
        package let detail: String

        package var description: String {
            switch reason {
            case .portInUse:
                "port \(port) on \(host) is in use. Stop the program that uses the port, or choose another port; 0 "
                    + "chooses a free port."
            case .addressUnavailable:
                "this machine has no address \(host). Listen on 127.0.0.1, or on 0.0.0.0 for all addresses of this "
                    + "machine."
            case .other: "cannot listen on \(host), port \(port): \(detail)."
            }
        }
    }

    /// The port in use. The port is the same on every address.
    package let port: Int
    package let isTLS: Bool
    private let group: MultiThreadedEventLoopGroup
    private let listener: Listener
    let connections: ConnectionSet

    package static func start(
        _ configuration: Configuration, responder: any Responder, clock: MonotonicClock
    ) async throws -> HTTPServer {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: configuration.threads)
        let connections = ConnectionSet()
        do {
            let reception = ConnectionInitializer(
                responder: responder, clock: clock, limits: configuration.limits, connections: connections,
                states: EventLoopStates(group), plan: configuration.plan,
                tls: try configuration.tls.map {
                    try TLSContexts($0, for: configuration.plan, speaksHTTP2: configuration.speaksHTTP2)
                },
                speaksHTTP2: configuration.speaksHTTP2)
            let listener = try await Listener.bind(
                bootstrap(group, reception, AcceptFailures(clock: clock, report: configuration.report)),
                host: configuration.host, port: configuration.port)
            return HTTPServer(
                group: group, listener: listener, connections: connections, isTLS: configuration.tls != nil)
        } catch {
            try? await group.shutdownGracefully()
            throw error
        }
    }

    private init(group: MultiThreadedEventLoopGroup, listener: Listener, connections: ConnectionSet, isTLS: Bool) {
        self.group = group
        self.listener = listener
        self.connections = connections
        self.isTLS = isTLS
        port = listener.port
    }

    /// The addresses that the server listens on. ::1 is missing on machines without IPv6.
    package var addresses: [String] { listener.channels.compactMap(\.localAddress?.ipAddress) }

    /// Stops accepting connections. Idle connections and hanging answers end at once; running answers have the time
    /// `grace` to finish.
    package func stop(grace: Duration) async {
        // A server that is stopping may be stopped again, with a shorter grace period.
        for channel in listener.channels where channel.isActive { try? await channel.close().get() }
        connections.quiesce()
        // The task is detached. If the caller is cancelled, for example by a test's time limit, an attached task would
        // lose its time limit and wait for the slowest answer.
        let end = Task.detached { [connections] in
            guard (try? await Task.sleep(for: grace)) != nil else { return }
            connections.cut()
        }
        await connections.untilEmpty()
        end.cancel()
        try? await group.shutdownGracefully()
    }

    /// Ends running answers at once.
    package func stopNow() async { await stop(grace: .zero) }

    private static func bootstrap(
        _ group: MultiThreadedEventLoopGroup, _ reception: ConnectionInitializer, _ failures: AcceptFailures
    ) -> ServerBootstrap {
        ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 1024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    channel.closeOnExec()
                    try channel.pipeline.syncOperations.addHandler(AcceptBackoffHandler { failures.pause(after: $0) })
                }
            }
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            // Without this option, a client that half-closes after its request would lose the answer.
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.maxMessagesPerRead, value: 4)
            // Each connection keeps the buffer of its first read while it is idle.
            .childChannelOption(
                .recvAllocator, value: AdaptiveRecvByteBufferAllocator(minimum: 1024, initial: 1024, maximum: 65536)
            )
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try reception.receive(channel) }
            }
    }
}
