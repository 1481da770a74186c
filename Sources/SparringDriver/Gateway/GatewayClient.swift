package import SparringConformance
import SparringExchange
package import SparringHTTP
import SparringJSON
import SparringWire
import Synchronization

/// The client's side of a gateway check. The client sends calls to the replicas one after another, and records the answers with their
/// times.
package final class GatewayClient: Sendable {
    /// One address of the gateway.
    package struct Replica: Sendable, Hashable {
        package var server: UpstreamClient.Server
        /// The path that replaces `/v1`.
        package var path: String
        /// The URL as the user wrote it.
        package var url: String

        package init(server: UpstreamClient.Server, path: String, url: String) {
            self.server = server
            self.path = path
            self.url = url
        }
    }

    /// The keys of clients, and the model in their requests.
    package struct Identity: Sendable, Hashable {
        package var keys: [GatewayCall.Key: String]
        package var model: String

        package init(keys: [GatewayCall.Key: String], model: String) {
            self.keys = keys
            self.model = model
        }
    }

    package let replicas: [Replica]
    package let identity: Identity
    private let clients: [UpstreamClient]
    private let clock: MonotonicClock
    /// Whether an upstream is answering a request. A client that disconnects after a time waits until an upstream is answering: on a busy
    /// machine, the gateway may not have passed the call on yet.
    private let isAnswering: @Sendable () -> Bool
    private let next = Atomic(0)

    /// - Parameter keepsConnections: whether calls share connections. If false, each call has its own connection, so that no call uses a
    ///   connection that the gateway is about to close.
    package init(
        _ replicas: [Replica], as identity: Identity, clock: MonotonicClock, keepsConnections: Bool = false,
        isAnswering: @escaping @Sendable () -> Bool = { true }
    ) throws(UpstreamClient.TrustError) {
        self.replicas = replicas
        self.identity = identity
        self.clock = clock
        self.isAnswering = isAnswering
        var clients: [UpstreamClient] = []
        for replica in replicas {
            let client = try UpstreamClient(replica.server, clock: clock)
            if !keepsConnections { client.close() }
            clients.append(client)
        }
        self.clients = clients
    }

    package func close() { for client in clients { client.close() } }

    /// Makes a call with all its retries.
    package func make(_ call: GatewayCall, token: String, timeout: Duration) async -> GatewayObservation.Call {
        let request = call.request(model: identity.model, token: token)
        let body = Array(request.text().utf8)
        var answers: [GatewayAnswer] = []
        for attempt in 0...call.retries {
            let answer = await send(body, of: call, timeout: timeout)
            answers.append(answer)
            guard attempt < call.retries, answer.asksForRetry, !Task.isCancelled else { break }
            try? await Task.sleep(for: answer.wait(beforeRetry: attempt))
        }
        return GatewayObservation.Call(call: call, token: token, request: request, answers: answers)
    }

    /// The address and the key of the next replica, for another client.
    func front(for key: GatewayCall.Key) -> Isolation.Front {
        let place = next.wrappingAdd(1, ordering: .relaxed).oldValue % replicas.count
        return Isolation.Front(baseURL: replicas[place].url, apiKey: text(of: key))
    }

    private func text(of key: GatewayCall.Key) -> String {
        identity.keys[key] ?? (key == .wrong ? "sk-gateway-wrong" : "")
    }

    private func send(_ body: [UInt8], of call: GatewayCall, timeout: Duration) async -> GatewayAnswer {
        var headers: HeaderFields = ["content-type": "application/json"]
        let key = text(of: call.key)
        if !key.isEmpty { headers.append("authorization", "Bearer \(key)") }
        for field in call.headers.fields { headers.append(field.name, field.value) }
        return await send("POST", "/chat/completions", headers: headers, body: body, of: call, timeout: timeout)
    }

    /// Sends a request without a body, such as one for the list of models.
    package func get(_ path: String, timeout: Duration) async -> GatewayAnswer {
        var headers = HeaderFields()
        if let key = identity.keys[.usual] { headers.append("authorization", "Bearer \(key)") }
        return await send("GET", path, headers: headers, body: [], of: GatewayCall(), timeout: timeout)
    }

    /// Sends a request to the first replica. The target is a path of its host, not of its base URL.
    func ask(_ target: String, headers: HeaderFields, timeout: Duration) async -> GatewayAnswer {
        let request = Request(method: "GET", target: target, headers: headers, body: [])
        return await send(request, to: 0, of: GatewayCall(), timeout: timeout)
    }

    private func send(
        _ method: String, _ path: String, headers: HeaderFields, body: [UInt8], of call: GatewayCall, timeout: Duration
    ) async -> GatewayAnswer {
        let place = next.wrappingAdd(1, ordering: .relaxed).oldValue % replicas.count
        let request = Request(method: method, target: replicas[place].path + path, headers: headers, body: body)
        return await send(request, to: place, of: call, timeout: timeout)
    }

    private func send(
        _ request: Request, to place: Int, of call: GatewayCall, timeout: Duration
    ) async -> GatewayAnswer {
        let server = replicas[place].server
        var request = request
        var fields: HeaderFields = ["host": "\(server.host):\(server.port)", "accept": "*/*"]
        if request.method != "GET" { fields.append("content-length", "\(request.body.count)") }
        for field in request.headers.fields { fields.append(field.name, field.value) }
        request.headers = fields
        let recorder = AnswerRecorder(sentAt: clock.now, leavesAfter: call.leave, pause: call.pause)
        let sending = clients[place].send(request, observer: recorder)
        recorder.begin(sending)
        let (clock, isAnswering) = (clock, isAnswering)
        return await withTaskGroup(of: GatewayAnswer?.self) { group in
            group.addTask { await recorder.answer() }
            group.addTask {
                if case .after(let time)? = call.leave {
                    try? await Task.sleep(for: time)
                    while !isAnswering(), !Task.isCancelled { try? await Task.sleep(for: .milliseconds(5)) }
                    recorder.finish(.left, at: clock.now)
                }
                return nil
            }
            group.addTask {
                try? await Task.sleep(for: timeout)
                recorder.finish(.expired, at: clock.now)
                return nil
            }
            for await answer in group {
                guard let answer else { continue }
                group.cancelAll()
                return answer
            }
            return recorder.current
        }
    }
}

extension GatewayAnswer {
    /// Whether the official packages would repeat the request.
    fileprivate var asksForRetry: Bool {
        guard let head else { return true }
        switch head.headers["x-should-retry"] {
        case "true": return true
        case "false": return false
        default: return head.status == 408 || head.status == 409 || head.status == 429 || head.status >= 500
        }
    }

    /// The wait that the answer asks for, at most a minute. If the answer asks for no wait, the wait is half a second, doubled for each
    /// retry.
    fileprivate func wait(beforeRetry attempt: Int) -> Duration {
        if let text = head?.headers["retry-after-ms"], let milliseconds = Int(text), milliseconds < 60_000 {
            return .milliseconds(max(0, milliseconds))
        }
        if let text = head?.headers["retry-after"], let seconds = Int(text), seconds <= 60 {
            return .seconds(max(0, seconds))
        }
        return .milliseconds(500 << min(attempt, 4))
    }
}
