import NIOCore
import NIOHTTP1
import NIOPosix
package import SparringExchange

/// Listens, and hands every connection to a `ConnectionHandler`.
package final class HTTPServer: Sendable {
    package struct Configuration: Sendable {
        package var host: String
        /// 0 takes a free one.
        package var port: Int
        package var limits: Limits
        /// Event loops. One a core; the machine's client wants one too.
        package var threads: Int

        package init(
            host: String = "127.0.0.1", port: Int = 0, limits: Limits = Limits(), threads: Int = System.coreCount
        ) {
            self.host = host
            self.port = port
            self.limits = limits
            self.threads = threads
        }
    }

    /// The server cannot listen: says where, why and what to do.
    package struct StartError: Error, CustomStringConvertible {
        package let description: String
    }

    /// The port in use; the same on every address.
    package let port: Int
    private let group: MultiThreadedEventLoopGroup
    private let listeners: [any Channel]
    private let connections: ConnectionSet

    package static func start(
        _ configuration: Configuration, responder: any Responder, clock: MonotonicClock
    ) async throws -> HTTPServer {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: configuration.threads)
        let connections = ConnectionSet()
        let bootstrap = makeBootstrap(group, configuration, connections, responder, clock)
        do {
            let first = try await bootstrap.bind(host: configuration.host, port: configuration.port).get()
            let port = first.localAddress?.port ?? configuration.port
            var listeners = [first]
            // `localhost` resolves to ::1 first for many clients. A machine without IPv6 has no ::1 to answer on.
            if configuration.host == "127.0.0.1", let second = try? await bootstrap.bind(host: "::1", port: port).get()
            {
                listeners.append(second)
            }
            return HTTPServer(port: port, group: group, listeners: listeners, connections: connections)
        } catch {
            try? await group.shutdownGracefully()
            throw StartError(
                description: "cannot listen on \(configuration.host):\(configuration.port): \(reason(error)). "
                    + "Choose another port with --port, or 0 for a free one.")
        }
    }

    private init(port: Int, group: MultiThreadedEventLoopGroup, listeners: [any Channel], connections: ConnectionSet) {
        self.port = port
        self.group = group
        self.listeners = listeners
        self.connections = connections
    }

    /// Stops accepting; idle connections and hanging answers end at once; running answers have `grace` to finish.
    package func stop(grace: Duration) async {
        for listener in listeners { try? await listener.close().get() }
        connections.quiesce()
        let deadline = group.any().scheduleTask(in: .nanoseconds(grace.wholeNanoseconds)) { [connections] in
            connections.cut()
        }
        try? await connections.allClosed(on: group.any())
        deadline.cancel()
        try? await group.shutdownGracefully()
    }

    private static func makeBootstrap(
        _ group: MultiThreadedEventLoopGroup, _ configuration: Configuration, _ connections: ConnectionSet,
        _ responder: any Responder, _ clock: MonotonicClock
    ) -> ServerBootstrap {
        ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 1024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.maxMessagesPerRead, value: 4)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let number = connections.number()
                    let handler = ConnectionHandler(
                        number: number, responder: responder, clock: clock, limits: configuration.limits)
                    connections.insert(handler, number: number, channel: channel)
                    try channel.pipeline.syncOperations.addHandlers([
                        InboundTap(handler),
                        ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes)),
                        handler,
                    ])
                }
            }
    }

    private static func reason(_ error: any Error) -> String {
        guard let error = error as? IOError else { return "\(error)" }
        return error.errnoCode == addressInUse ? "the port is in use" : "\(error)"
    }
}
