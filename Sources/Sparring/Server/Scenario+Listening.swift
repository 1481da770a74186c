import SparringEngine
import SparringHTTP
package import SparringScenario
import SparringWire

extension Scenario {
    /// Applies the scenario's listener settings where the server's configuration has none.
    func listen(with http: inout HTTPServer.Configuration) throws(MockScenarioError) {
        if let obstacle = obstacle(http2: http.speaksHTTP2) { throw MockScenarioError(mistakes: [obstacle]) }
        if let listener {
            guard listener.isTLS == (http.tls != nil) else { throw .listener(name, isTLS: listener.isTLS) }
            if http.plan.isEmpty { http.plan = listener.plan }
        }
        guard http.tls == nil, let fault = tlsFaults.first else { return }
        throw .needsTLS(name, fault)
    }

    /// The reason why a running server cannot use the scenario; nil if it can.
    func obstacle(in server: MockServer) -> String? {
        if listener != nil { return "\(name): listeners belong to a server: start a server with this scenario" }
        if let obstacle = obstacle(http2: server.speaksHTTP2) { return obstacle }
        guard !server.http.isTLS, let fault = tlsFaults.first else { return nil }
        return MockScenarioError.needsTLS(name, fault).description
    }
}

extension MockServer {
    /// Replaces the scenario of the server. Sessions that use it restart. The server's listeners do not change.
    /// - Returns: the reason why the server cannot use the scenario; nil if it can.
    package func replace(with scenario: Scenario) -> String? {
        var playable = scenario
        if engine.scenario.listener != nil { playable.listener = nil }
        if let obstacle = playable.obstacle(in: self) { return obstacle }
        engine.sessions.replace(with: scenario)
        return nil
    }
}

extension Fault {
    /// The reason why a running server cannot apply the fault; nil if it can.
    func obstacle(in server: MockServer) -> String? {
        if let obstacle = obstacle(http2: server.speaksHTTP2) { return obstacle }
        return needsTLS && !server.http.isTLS ? "the fault '\(self)' needs TLS, which the server does not use" : nil
    }
}

extension MockScenarioError {
    /// The library cannot make certificates, so a server with TLS needs certificates from its caller.
    static func listener(_ scenario: String, isTLS: Bool) -> MockScenarioError {
        let mistake =
            isTLS
            ? "`listeners: { tls: … }` needs certificates: set `tls` of the server's configuration"
            : "`listeners: { plain: … }` is for servers without TLS, and the configuration has `tls`"
        return MockScenarioError(mistakes: ["\(scenario): \(mistake)"])
    }

    static func needsTLS(_ scenario: String, _ fault: Fault) -> MockScenarioError {
        MockScenarioError(mistakes: ["\(scenario): the fault '\(fault)' needs TLS, which the server does not use"])
    }
}
