import SparringHTTP

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A server on a loopback address that shows one file, until it is stopped.
package struct ViewServer: Sendable {
    private let http: HTTPServer

    /// The address for a browser: `http://127.0.0.1:49152/`
    package var address: String { "http://127.0.0.1:\(http.port)/" }

    /// - Parameter port: 0 for any free port.
    /// - Throws: `HTTPServer.StartError` if another program uses the port.
    package static func start(_ file: any ViewedFile, port: Int, version: String?) async throws
        -> ViewServer
    {
        var configuration = HTTPServer.Configuration()
        configuration.port = port
        let responder = ViewResponder(
            viewer: FileViewer(file: file, version: version), wallClock: { Int(time(nil)) })
        return ViewServer(
            http: try await HTTPServer.start(configuration, responder: responder, clock: MonotonicClock())
        )
    }

    package func stop() async { await http.stop(grace: .zero) }
}
