import NIOCore
import NIOPosix

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The sockets that a server listens on: one port, on one address or on both loopback addresses.
struct Listener {
    let channels: [any Channel]
    let port: Int

    /// Some clients resolve `localhost` to ::1 and some to 127.0.0.1, so the default address means both.
    static func bind(_ bootstrap: ServerBootstrap, host: String, port: Int) async throws(HTTPServer.StartError)
        -> Listener
    {
        guard host == "127.0.0.1" || host == "localhost" else {
            let channel = try await open(bootstrap, host, port)
            return Listener(channels: [channel], port: channel.localAddress?.port ?? port)
        }
        // A port that is free on one address may be in use on the other. A port that the user has chosen is tried only
        // once.
        for _ in 0..<(port == 0 ? 16 : 1) {
            let first = try await open(bootstrap, "127.0.0.1", port)
            let chosen = first.localAddress?.port ?? port
            do throws(HTTPServer.StartError) {
                return Listener(channels: [first, try await open(bootstrap, "::1", chosen)], port: chosen)
            } catch {
                switch error.reason {
                // A machine without IPv6 has no ::1, so no client connects to ::1 there.
                case .addressUnavailable: return Listener(channels: [first], port: chosen)
                case .portInUse, .other: try? await first.close().get()
                }
            }
        }
        throw HTTPServer.StartError(reason: .portInUse, host: "::1", port: port, detail: "in use")
    }

    private static func open(
        _ bootstrap: ServerBootstrap, _ host: String, _ port: Int
    ) async throws(HTTPServer.StartError) -> any Channel {
        do {
            return try await bootstrap.bind(host: host, port: port).get()
        } catch let error as IOError {
            throw HTTPServer.StartError(reason: reason(error.errnoCode), host: host, port: port, detail: "\(error)")
        } catch {
            throw HTTPServer.StartError(reason: .other, host: host, port: port, detail: "\(error)")
        }
    }

    private static func reason(_ code: CInt) -> HTTPServer.StartError.Reason {
        switch code {
        case EADDRINUSE: .portInUse
        case EADDRNOTAVAIL, EAFNOSUPPORT: .addressUnavailable
        default: .other
        }
    }
}
