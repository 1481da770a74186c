/// What a server shows of itself in a TLS handshake, and the key that proves it.
package struct TLSIdentity: Sendable, Hashable {
    /// DER, the server's own certificate first.
    package var chain: [[UInt8]]
    /// DER, PKCS #8.
    package var key: [UInt8]

    package init(chain: [[UInt8]], key: [UInt8]) {
        self.chain = chain
        self.key = key
    }
}

/// Why a client that looks must not go on.
package enum CertificateFlaw: String, Sendable, Hashable, CaseIterable {
    case expired
    /// Nobody vouches for it but itself.
    case selfSigned = "self_signed"
    /// It is for a host that nobody asked for.
    case wrongHost = "wrong_host"
}

/// The identities of a listener: the good one, and one for each flaw.
package struct TLSIdentities: Sendable, Hashable {
    package var good: TLSIdentity
    package var flawed: [CertificateFlaw: TLSIdentity]

    package init(good: TLSIdentity, flawed: [CertificateFlaw: TLSIdentity] = [:]) {
        self.good = good
        self.flawed = flawed
    }
}
