import Foundation
import SparringCertificates
import SparringHTTP
import SparringScenario
import SparringWire

/// What a server listens with: its settings and its scenario brought together.
struct Listening {
    var plan: ListenerPlan
    /// Nil: in the clear.
    var trust: TrustFiles?
    /// What it shows to those who connect, or what listeners beside it show.
    private(set) var identities: TLSIdentities?
    private let isTLS: Bool
    private let speaksHTTP2: Bool

    /// - Parameters:
    ///   - scenario: nil for cases, which bring listeners of their own, if any.
    ///   - needsCertificates: for those, whatever this one listens with.
    init(
        _ settings: Settings, scenario: SparringScenario.Scenario?, needsCertificates: Bool = false
    ) throws {
        let listener = scenario?.listener
        isTLS = settings.isTLS ?? listener?.isTLS ?? false
        if let listener, listener.isTLS != isTLS {
            throw Settings.Mistake(
                description:
                    "\(settings.places[.tls] ?? ""): the scenario \(scenario?.name ?? "") listens "
                    + (listener.isTLS ? "with TLS" : "in the clear (`listeners: { plain: … }`)"))
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
                    "the fault '\(foreign)' needs TLS: serve with --tls, or say `listeners: { tls: }` in the scenario")
        }
        speaksHTTP2 = settings.speaksHTTP2
        try Self.check(settings, plan, scenario)
        guard isTLS || needsCertificates else { return }
        let authority = try CertificateAuthority(unixTime: Int(Date().timeIntervalSince1970))
        identities = try authority.identities(hosts: Self.hosts(settings.host))
        trust = try TrustFiles(authority, out: settings.tlsCAOut)
    }

    /// What is ordered of either HTTP has to be there.
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

    /// An address that stands for all of them is none that a client asks for.
    private static func hosts(_ host: String) -> [String] {
        let own = ["localhost", "127.0.0.1", "::1"]
        return own.contains(host) || host == "0.0.0.0" || host == "::" ? own : own + [host]
    }
}
