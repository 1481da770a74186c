import SparringEngine
import SparringHTTP
package import SparringScenario
import SparringWire

extension Scenario {
    /// Applies the scenario's listener settings to those that the server's configuration leaves open.
    func listen(with http: inout HTTPServer.Configuration) throws(MockScenarioError) {
        if let obstacle = obstacle(http2: http.speaksHTTP2) { throw MockScenarioError(mistakes: [obstacle]) }
        if let listener {
            guard listener.isTLS == (http.tls != nil) else { throw .listener(name, isTLS: listener.isTLS) }
            if http.plan.isEmpty { http.plan = listener.plan }
        }
        guard http.tls == nil, let fault = tlsFaults.first else { return }
        throw .needsTLS(name, fault)
    }

    /// Why a running server cannot play the scenario; nil if it can.
    func obstacle(in server: MockServer) -> String? {
        if listener != nil { return "\(name): listeners belong to a server: start a server with this scenario" }
        if let obstacle = obstacle(http2: server.speaksHTTP2) { return obstacle }
        guard !server.http.isTLS, let fault = tlsFaults.first else { return nil }
        return MockScenarioError.needsTLS(name, fault).description
    }
}

extension MockServer {
    /// Replaces the scenario of every session that plays the server's own; they restart. Listeners stay as they are.
    /// - Returns: why the server cannot play the scenario; nil if it does.
    package func replace(with scenario: Scenario) -> String? {
        var playable = scenario
        if engine.scenario.listener != nil { playable.listener = nil }
        if let obstacle = playable.obstacle(in: self) { return obstacle }
        engine.sessions.replace(with: scenario)
        return nil
    }
}

extension Fault {
    /// Why a running server cannot apply the fault; nil if it can.
    func obstacle(in server: MockServer) -> String? {
        if let obstacle = obstacle(http2: server.speaksHTTP2) { return obstacle }
        return needsTLS && !server.http.isTLS ? "the fault '\(self)' needs TLS, which the server does not use" : nil
    }
}

extension MockScenarioError {
    /// The library cannot make certificates: a server with TLS gets them from its caller.
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
