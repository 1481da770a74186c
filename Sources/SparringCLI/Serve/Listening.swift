import Foundation
import SparringCertificates
import SparringHTTP
import SparringScenario
import SparringWire

/// How a server listens, from its settings and its scenario: TLS, HTTP/2, faults of connections.
struct Listening {
    var plan: ListenerPlan
    /// Nil without TLS.
    var trust: TrustFiles?
    /// The certificates that this listener, or a listener of a case, presents.
    private(set) var identities: TLSIdentities?
    let isTLS: Bool
    private let speaksHTTP2: Bool

    /// - Parameters:
    ///   - scenario: the scenario of the server; nil for cases, which may have their own listeners.
    ///   - needsCertificates: whether a case needs certificates, even if this listener does not use TLS.
    init(
        _ settings: Settings, scenario: SparringScenario.Scenario?, needsCertificates: Bool = false
    ) throws {
        let listener = scenario?.listener
        isTLS = settings.isTLS ?? listener?.isTLS ?? false
        if let listener, listener.isTLS != isTLS {
            throw Settings.Mistake(
                description:
                    "\(settings.places[.tls] ?? ""): the scenario \(scenario?.name ?? "") listens "
                    + (listener.isTLS ? "with TLS" : "without TLS (`listeners: { plain: … }`)"))
        }
        plan = listener?.plan ?? ListenerPlan()
        if plan.isEmpty, !settings.connectionFaults.isEmpty {
            plan = ListenerPlan(sequence: [settings.connectionFaults])
        }
        let foreign =
            isTLS
            ? nil : (plan.tlsFaults + (scenario?.tlsFaults ?? []) + (settings.faults ?? [])).first(where: \.needsTLS)
        if let foreign {
            throw Settings.Mistake(
                description:
                    "the fault '\(foreign)' needs TLS: add --tls, or write `listeners: { tls: }` in the scenario")
        }
        speaksHTTP2 = settings.speaksHTTP2
        try Self.check(settings, plan, scenario)
        guard isTLS || needsCertificates else { return }
        let authority = try CertificateAuthority(unixTime: Int(Date().timeIntervalSince1970))
        identities = try authority.identities(hosts: Self.hosts(settings.host))
        trust = try TrustFiles(authority, out: settings.tlsCAOut)
    }

    /// Refuses faults of an HTTP version that the server does not support.
    private static func check(
        _ settings: Settings, _ plan: ListenerPlan, _ scenario: SparringScenario.Scenario?
    ) throws {
        let http2 = settings.speaksHTTP2
        let ordered = (plan.sequence.flatMap(\.self) + (settings.faults ?? [])).lazy
            .compactMap { $0.obstacle(http2: http2) }.first.map { "\(settings.places[.fault] ?? "listeners"): \($0)" }
        if let obstacle = ordered ?? scenario?.obstacle(http2: http2) { throw Settings.Mistake(description: obstacle) }
    }

    func apply(to configuration: inout HTTPServer.Configuration) {
        configuration.tls = isTLS ? identities : nil
        configuration.plan = plan
        configuration.speaksHTTP2 = speaksHTTP2
    }

    /// The hosts in the certificate. Clients do not connect to 0.0.0.0 or ::, which mean all addresses.
    private static func hosts(_ host: String) -> [String] {
        let own = ["localhost", "127.0.0.1", "::1"]
        return own.contains(host) || host == "0.0.0.0" || host == "::" ? own : own + [host]
    }
}
