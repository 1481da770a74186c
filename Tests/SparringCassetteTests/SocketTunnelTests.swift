import SparringExchange
import SparringWire
import Synchronization
import Testing

@testable import SparringCassette

@Suite("WebSockets passed on to the upstream")
struct SocketTunnelTests {
    /// An upstream that stores the requests that it gets.
    private final class Server: Upstream, UpstreamCall {
        let asked = Mutex<[Request]>([])
        let isCancelled = Mutex(false)

        func send(_ request: Request, observer: any UpstreamObserver) -> any UpstreamCall {
            asked.withLock { $0.append(request) }
            return self
        }

        func setReading(_ isOn: Bool) {}
        func cancel() { isCancelled.withLock { $0 = true } }
    }

    private static let request = Request(method: "GET", target: "/v1/realtime")

    private static func text(_ feed: any Feed) -> String {
        switch feed.next() {
        case .bytes(let bytes): String(decoding: bytes, as: UTF8.self)
        case let other: "\(other)"
        }
    }

    private static func tunnel(
        _ server: Server, _ tell: @escaping @Sendable (CassetteEvent) -> Void = { _ in }
    ) -> (tunnel: SocketTunnelFeed, downlink: ForwardFeed, uplink: SocketUplink) {
        let uplink = SocketUplink(tell: tell)
        let downlink = ForwardFeed(
            request, to: server,
            for: ForwardFeed.Client(minorVersion: 1, keepsAlive: false, isHead: false, isSocket: true),
            now: { Moment(nanoseconds: 9) }, tell: tell)
        return (SocketTunnelFeed(downlink, uplink), downlink, uplink)
    }

    private static let head = UpstreamHead(
        status: 101, reason: "Switching Protocols",
        headers: ["Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Accept": "proof"])

    @Test("The upstream's acceptance and bytes reach the client without framing, and its end is the end")
    func down() {
        let (tunnel, downlink, _) = Self.tunnel(Server())
        tunnel.open {}
        downlink.heard(.head(Self.head), at: Moment(nanoseconds: 1))
        #expect(
            Self.text(tunnel)
                == "HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Accept: proof\r\nupgrade: websocket\r\n"
                + "connection: Upgrade\r\n\r\n")
        downlink.heard(.body(Array("frame".utf8)), at: Moment(nanoseconds: 2))
        #expect(Self.text(tunnel) == "frame")
        #expect(tunnel.next() == .nothing)
        downlink.heard(.end, at: Moment(nanoseconds: 3))
        #expect(tunnel.next() == .ending(.fin))
    }

    @Test("A refused handshake reaches the client as an answer of HTTP that ends the connection")
    func refused() {
        let (tunnel, downlink, _) = Self.tunnel(Server())
        tunnel.open {}
        downlink.heard(
            .head(UpstreamHead(status: 401, reason: "Unauthorized", headers: ["Content-Length": "2"])),
            at: Moment(nanoseconds: 1))
        downlink.heard(.body(Array("no".utf8)), at: Moment(nanoseconds: 2))
        #expect(
            Self.text(tunnel)
                == "HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\nconnection: close\r\n\r\nno")
    }

    @Test("The client's bytes are reported before they are passed on, and a slow upstream makes the client wait")
    func up() {
        let told = Mutex<[Int]>([])
        let woken = Mutex(0)
        let taken = Mutex(0)
        let (tunnel, _, uplink) = Self.tunnel(Server()) { event in
            if case .sent(let bytes, let moment) = event {
                told.withLock { $0 += [bytes.count, Int(moment.nanoseconds)] }
            }
        }
        tunnel.whenTaken { taken.withLock { $0 += 1 } }
        uplink.open { woken.withLock { $0 += 1 } }
        #expect(uplink.next() == .nothing)
        tunnel.receive([1, 2], at: Moment(nanoseconds: 5))
        #expect(told.withLock { $0 } == [2, 5] && woken.withLock { $0 } == 1)
        #expect(uplink.next() == .bytes([1, 2]) && taken.withLock { $0 } == 0)
        tunnel.receive([UInt8](repeating: 0, count: 300_000), at: Moment(nanoseconds: 6))
        #expect(tunnel.isFull)
        _ = uplink.next()
        #expect(!tunnel.isFull && taken.withLock { $0 } == 1)
        uplink.close()
        tunnel.receive([3], at: Moment(nanoseconds: 7))
        #expect(told.withLock { $0.count } == 4 && uplink.next() == .nothing)
    }

    @Test(
        "A stopping server and a client that closes its side end the connection to the upstream",
        arguments: [true, false])
    func ends(isStopping: Bool) {
        let server = Server()
        let ended = Mutex<[RecordedEnding]>([])
        let (tunnel, _, _) = Self.tunnel(server) { event in
            if case .ended(let ending, _) = event { ended.withLock { $0.append(ending) } }
        }
        tunnel.open {}
        if isStopping { tunnel.windDown() } else { tunnel.peerClosed() }
        #expect(server.isCancelled.withLock { $0 } && ended.withLock { $0 } == [.left])
        #expect(tunnel.next() == .ending(.fin))
    }
}
