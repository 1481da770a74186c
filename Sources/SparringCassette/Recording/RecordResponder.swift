import SparringAPI
package import SparringEngine
package import SparringExchange
package import SparringWire
import Synchronization

/// Forwards every request to the upstream and records the exchange.
package final class RecordResponder: AnswerSource {
    package struct Settings: Sendable {
        package var address: UpstreamAddress
        /// The key that is sent in place of the client's key.
        package var key: String?

        package init(address: UpstreamAddress, key: String? = nil) {
            self.address = address
            self.key = key
        }
    }

    private let settings: Settings
    private let upstream: any Upstream
    private let cassette: any CassetteSink
    private let now: @Sendable () -> Moment
    private let wallClock: @Sendable () -> Int64
    private let count = Mutex(0)

    /// - Parameter wallClock: returns Unix nanoseconds.
    package init(
        _ settings: Settings, upstream: any Upstream, cassette: any CassetteSink, now: @escaping @Sendable () -> Moment,
        wallClock: @escaping @Sendable () -> Int64
    ) {
        self.settings = settings
        self.upstream = upstream
        self.cassette = cassette
        self.now = now
        self.wallClock = wallClock
    }

    package var passesOn: Bool { true }

    package func answer(to request: Request, headers: HeaderFields, connection: Int, now: Moment) -> SourcedAnswer {
        SourcedAnswer(
            respond(to: request, connection: connection, now: now), editable: .no("the upstream answers"))
    }

    package func respond(to request: Request, connection: Int, now moment: Moment) -> PlannedExchange {
        let number = count.withLock { count in
            count += 1
            return count
        }
        let address = RequestAddress(request)
        let target = CassetteTarget.of(request, address)
        let session = address.sessionName(model: nil)
        let isSocket = WebSocketUpgrade.isAsked(by: request)
        if isSocket {
            do throws(SocketHandshake.Problem) {
                _ = try SocketHandshake.accept(
                    method: request.method, version: request.version, request.headers)
            } catch {
                return .refusal(
                    error.status, "\(error.words).", to: request, on: connection, in: session, unixTime: unixTime)
            }
        }
        cassette.take(
            .began(request, target: target, session: session, startedAt: wallClock(), at: moment), of: number)
        let keepsAlive = request.minorVersion >= 1 && Persistence.isWanted(by: request)
        let tell = { @Sendable [cassette] (event: CassetteEvent) in cassette.take(event, of: number) }
        var sent =
            isSocket
            ? Forwarding.handshake(request, target: target, to: settings.address, key: settings.key)
            : Forwarding.request(request, target: target, to: settings.address, key: settings.key)
        let uplink = isSocket ? SocketUplink(tell: tell) : nil
        sent.upload = uplink ?? request.upload.map { UploadFeed($0, framedBy: sent.headers, tell: tell) }
        let feed = ForwardFeed(
            sent, to: upstream,
            for: ForwardFeed.Client(
                minorVersion: request.minorVersion, keepsAlive: keepsAlive, isHead: request.method == "HEAD",
                isSocket: isSocket),
            now: now, tell: tell)
        var kept = request
        kept.upload = nil
        let exchange = Exchange(
            number: number, session: session, connection: connection, request: kept,
            decision: Exchange.Decision(
                endpoint: RecordedRequest(method: request.method, target: target).endpoint?.rawValue, status: 0))
        return PlannedExchange(
            script: WireScript(steps: [.end(keepsAlive ? .keepAlive : .fin)]), exchange: exchange,
            feed: uplink.map { SocketTunnelFeed(feed, $0) } ?? feed)
    }

    private var unixTime: Int { Int(wallClock() / 1_000_000_000) }
}

/// The target of a request without the prefix of its session.
enum CassetteTarget {
    static func of(_ request: Request, _ address: RequestAddress) -> String {
        let query = request.target.utf8.firstIndex(of: UInt8(ascii: "?")).map { request.target[$0...] } ?? ""
        return String(address.path) + query
    }
}

extension PlannedExchange {
    /// An error of Sparring's own, which clients should not retry.
    static func refusal(
        _ status: Int, _ message: String, to request: Request, on connection: Int, in session: String,
        type: String = "sparring_cassette", unixTime: Int
    ) -> PlannedExchange {
        // The server does not wait for the rest of the request's body.
        let keepsAlive = request.upload == nil
        var request = request
        request.upload = nil
        let answer = Answer(
            status: status, headers: ["content-type": "application/json", "x-should-retry": "false"],
            body: .whole(SparringRefusal.body(message, type: type)))
        let composition = Composition(
            answer: answer,
            connection: Composition.Connection(
                version: request.version, keepsAlive: keepsAlive && Persistence.isWanted(by: request),
                isHead: request.method == "HEAD"),
            date: HTTPDate.text(unixSeconds: unixTime))
        let exchange = Exchange(
            number: 0, session: session, connection: connection, request: request,
            decision: Exchange.Decision(endpoint: nil, status: status, unmatched: message))
        return PlannedExchange(script: composition.compose(), exchange: exchange)
    }
}
