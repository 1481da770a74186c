import Crypto
package import SparringWire
import SwiftASN1
import X509

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A certificate authority that issues the server's certificates. Each server makes a new authority. The authority's key never leaves
/// memory.
package struct CertificateAuthority: Sendable {
    private let key: P256.Signing.PrivateKey
    private let certificate: Certificate
    private let now: Date

    /// - Parameter unixTime: the current time in Unix seconds. Certificates are valid from one day before until one year after this time,
    ///   except those that are expired on purpose.
    package init(unixTime: Int) throws {
        let now = Date(timeIntervalSince1970: Double(unixTime))
        let key = P256.Signing.PrivateKey()
        (self.now, self.key) = (now, key)
        let name = try DistinguishedName {
            OrganizationName("Sparring")
            CommonName("Sparring test authority")
        }
        certificate = try Certificate(
            version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: Certificate.PublicKey(key.publicKey),
            notValidBefore: now - Self.day, notValidAfter: now + 366 * Self.day, issuer: name, subject: name,
            extensions: Certificate.Extensions {
                Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
                Critical(KeyUsage(keyCertSign: true))
                SubjectKeyIdentifier(hash: Certificate.PublicKey(key.publicKey))
            },
            issuerPrivateKey: Certificate.PrivateKey(key))
    }

    /// The authority's certificate in PEM. Clients that trust this certificate accept the server's certificates.
    package var pem: String { get throws { try certificate.serializeAsPEM().pemString + "\n" } }

    /// Makes a server's identity with a new key.
    ///
    /// - Parameter hosts: the host names and addresses that the certificate is valid for.
    package func identity(_ flaw: CertificateFlaw? = nil, hosts: [String]) throws -> TLSIdentity {
        let own = P256.Signing.PrivateKey()
        let isSelfSigned = flaw == .selfSigned
        let subject = try DistinguishedName { CommonName(flaw.map { "Sparring, \($0.rawValue)" } ?? "Sparring") }
        let (from, to) =
            flaw == .expired
            ? (now - 30 * Self.day, now - Self.day) : (now - Self.day, now + 365 * Self.day)
        let names = flaw == .wrongHost ? ["wrong-host.invalid"] : hosts
        let issuerKey = isSelfSigned ? own : key
        let leaf = try Certificate(
            version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: Certificate.PublicKey(own.publicKey),
            notValidBefore: from, notValidAfter: to, issuer: isSelfSigned ? subject : certificate.subject,
            subject: subject,
            extensions: Certificate.Extensions {
                Critical(BasicConstraints.notCertificateAuthority)
                Critical(KeyUsage(digitalSignature: true))
                try ExtendedKeyUsage([.serverAuth])
                SubjectAlternativeNames(names.map(Self.name))
                SubjectKeyIdentifier(hash: Certificate.PublicKey(own.publicKey))
                AuthorityKeyIdentifier(
                    keyIdentifier: SubjectKeyIdentifier(hash: Certificate.PublicKey(issuerKey.publicKey)).keyIdentifier)
            },
            issuerPrivateKey: Certificate.PrivateKey(issuerKey))
        var serializer = DER.Serializer()
        try leaf.serialize(into: &serializer)
        return TLSIdentity(chain: [serializer.serializedBytes], key: Array(own.derRepresentation))
    }

    /// Makes the valid identity, and one for each flaw.
    package func identities(hosts: [String]) throws -> TLSIdentities {
        TLSIdentities(
            good: try identity(hosts: hosts),
            flawed: try CertificateFlaw.allCases.reduce(into: [:]) { $0[$1] = try identity($1, hosts: hosts) })
    }

    private static let day = 86_400.0

    private static func name(_ host: String) -> GeneralName {
        guard let address = address(host) else { return .dnsName(host) }
        return .ipAddress(ASN1OctetString(contentBytes: address[...]))
    }

    /// The 4 or 16 bytes of an IP address; nil for a name.
    private static func address(_ host: String) -> [UInt8]? {
        for (family, count) in [(AF_INET, 4), (AF_INET6, 16)] {
            var bytes = [UInt8](repeating: 0, count: count)
            if inet_pton(family, host, &bytes) == 1 { return bytes }
        }
        return nil
    }
}
