import SparringAPI
import SparringWire

extension MockServer {
    /// The certificates of a server with TLS. The library makes no certificates: use those of your test.
    public struct TLS: Sendable, Hashable {
        /// The certificate and key of connections without a fault.
        public var identity: Identity
        /// The certificates for the fault ``MockScenario/Fault/badCertificate(_:)``, one for each flaw in use.
        public var flawed: [MockScenario.Fault.CertificateFlaw: Identity]

        /// Uses `identity` for connections without a fault, and a certificate of `flawed` for connections with one.
        public init(_ identity: Identity, flawed: [MockScenario.Fault.CertificateFlaw: Identity] = [:]) {
            self.identity = identity
            self.flawed = flawed
        }

        /// A chain of certificates and the private key of its first one.
        public struct Identity: Sendable, Hashable {
            /// The certificates in DER, the server's own certificate first.
            public var certificates: [[UInt8]]
            /// The key in DER, as PKCS #8.
            public var privateKey: [UInt8]

            /// A chain and its key in DER.
            public init(certificates: [[UInt8]], privateKey: [UInt8]) {
                self.certificates = certificates
                self.privateKey = privateKey
            }

            /// Reads PEM (RFC 7468).
            ///
            /// - Parameters:
            ///   - certificates: blocks named `CERTIFICATE`, the server's own certificate first.
            ///   - privateKey: one block named `PRIVATE KEY` (PKCS #8, not encrypted).
            /// - Throws: ``InvalidValue`` if a block is missing or is not base64.
            public init(pemCertificates certificates: String, pemPrivateKey privateKey: String) throws(InvalidValue) {
                self.certificates = try Self.blocks("CERTIFICATE", in: certificates)
                let keys = try Self.blocks("PRIVATE KEY", in: privateKey)
                guard keys.count == 1, let key = keys.first else {
                    throw InvalidValue("the PEM text has \(keys.count) private keys, not one")
                }
                self.privateKey = key
            }

            private static func blocks(_ label: String, in text: String) throws(InvalidValue) -> [[UInt8]] {
                var blocks: [[UInt8]] = []
                var block: String?
                for line in text.split(whereSeparator: \.isNewline) {
                    switch line {
                    case "-----BEGIN \(label)-----": block = ""
                    case "-----END \(label)-----":
                        guard let text = block, let bytes = Base64.decode(text[...]) else {
                            throw InvalidValue("a PEM block named \(label) is not base64")
                        }
                        blocks.append(bytes)
                        block = nil
                    default: block?.append(contentsOf: line)
                    }
                }
                guard !blocks.isEmpty, block == nil else {
                    throw InvalidValue("the PEM text has no complete block named \(label)")
                }
                return blocks
            }
        }
    }
}

extension MockServer.TLS {
    init(_ identities: TLSIdentities) {
        self.init(
            Identity(identities.good),
            flawed: Dictionary(
                uniqueKeysWithValues: identities.flawed.compactMap { flaw, identity in
                    MockScenario.Fault.CertificateFlaw(rawValue: flaw.rawValue).map { ($0, Identity(identity)) }
                }))
    }

    var identities: TLSIdentities {
        TLSIdentities(
            good: identity.identity,
            flawed: Dictionary(
                uniqueKeysWithValues: flawed.compactMap { flaw, identity in
                    CertificateFlaw(rawValue: flaw.rawValue).map { ($0, identity.identity) }
                }))
    }
}

extension MockServer.TLS.Identity {
    fileprivate init(_ identity: TLSIdentity) {
        self.init(certificates: identity.chain, privateKey: identity.key)
    }

    fileprivate var identity: TLSIdentity { TLSIdentity(chain: certificates, key: privateKey) }
}
