import NIOSSL
import SparringWire

/// The TLS contexts of a listener: one for connections without faults, and one for each flaw in its plan.
struct TLSContexts: Sendable {
    private let good: NIOSSLContext
    private let old: NIOSSLContext?
    private let flawed: [CertificateFlaw: NIOSSLContext]

    /// - Parameter plan: the faults of connections. Only the contexts that they need are created.
    init(_ identities: TLSIdentities, for plan: ListenerPlan, speaksHTTP2: Bool) throws {
        let protocols = (speaksHTTP2 ? ["h2"] : []) + ["http/1.1"]
        let strikes = plan.sequence.flatMap(\.self).compactMap(\.strike)
        good = try Self.context(identities.good, protocols)
        old = strikes.contains(.oldProtocol) ? try Self.context(identities.good, protocols, isOld: true) : nil
        flawed = try identities.flawed.filter { strikes.contains(.certificate($0.key)) }
            .mapValues { try Self.context($0, protocols) }
    }

    /// The context for a connection with these faults.
    func context(_ strikes: [ConnectionFaultAction]) -> NIOSSLContext {
        for strike in strikes {
            switch strike {
            case .certificate(let flaw): return flawed[flaw] ?? good
            case .oldProtocol: return old ?? good
            default: continue
            }
        }
        return good
    }

    private static func context(
        _ identity: TLSIdentity, _ protocols: [String], isOld: Bool = false
    ) throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: try identity.chain.map { .certificate(try NIOSSLCertificate(bytes: $0, format: .der)) },
            privateKey: .privateKey(try NIOSSLPrivateKey(bytes: identity.key, format: .der)))
        configuration.minimumTLSVersion = isOld ? .tlsv1 : .tlsv12
        configuration.maximumTLSVersion = isOld ? .tlsv11 : nil
        configuration.applicationProtocols = protocols
        return try NIOSSLContext(configuration: configuration)
    }
}
