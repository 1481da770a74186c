/// A server's certificate chain and private key for TLS.
package struct TLSIdentity: Sendable, Hashable {
    /// The certificates in DER, with the server's own certificate first.
    package var chain: [[UInt8]]
    /// DER, PKCS #8.
    package var key: [UInt8]

    package init(chain: [[UInt8]], key: [UInt8]) {
        self.chain = chain
        self.key = key
    }
}

/// A flaw for which a verifying client must reject the certificate.
package enum CertificateFlaw: String, Sendable, Hashable, CaseIterable {
    case expired
    /// The certificate is signed by its own key.
    case selfSigned = "self_signed"
    /// The certificate is for another host.
    case wrongHost = "wrong_host"
}

/// The identities of a listener: the valid identity, and one identity for each flaw.
package struct TLSIdentities: Sendable, Hashable {
    package var good: TLSIdentity
    package var flawed: [CertificateFlaw: TLSIdentity]

    package init(good: TLSIdentity, flawed: [CertificateFlaw: TLSIdentity] = [:]) {
        self.good = good
        self.flawed = flawed
    }
}
