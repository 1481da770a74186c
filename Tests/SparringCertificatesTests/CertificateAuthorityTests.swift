import SparringWire
import SwiftASN1
import Testing
import X509

@testable import SparringCertificates

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

@Suite("Generated certificates")
struct CertificateAuthorityTests {
    private static let now = 1_794_000_000

    private static func certificate(_ identity: TLSIdentity) throws -> Certificate {
        try Certificate(derEncoded: try #require(identity.chain.first))
    }

    @Test(
        "Each generated certificate has exactly the flaw that it is made for",
        arguments: [nil] + CertificateFlaw.allCases)
    func flaws(flaw: CertificateFlaw?) throws {
        let authority = try CertificateAuthority(unixTime: Self.now)
        let root = try Certificate(pemEncoded: authority.pem)
        let leaf = try Self.certificate(try authority.identity(flaw, hosts: ["localhost", "127.0.0.1", "::1"]))
        #expect(root.publicKey.isValidSignature(leaf.signature, for: leaf) == (flaw != .selfSigned))
        #expect((leaf.issuer == leaf.subject) == (flaw == .selfSigned))
        let end = leaf.notValidAfter.timeIntervalSince1970
        #expect((end < Double(Self.now)) == (flaw == .expired))
        #expect(leaf.notValidBefore.timeIntervalSince1970 < min(end, Double(Self.now)))
        let names = try #require(try leaf.extensions.subjectAlternativeNames).map { "\($0)" }
        #expect(names.contains { $0.contains("localhost") } == (flaw != .wrongHost), "\(names)")
        #expect(names.count == (flaw == .wrongHost ? 1 : 3))
    }

    @Test("Each server has its own authority, and each identity its own key")
    func fresh() throws {
        let (one, other) = (try CertificateAuthority(unixTime: Self.now), try CertificateAuthority(unixTime: Self.now))
        #expect(try one.pem != other.pem)
        let all = try one.identities(hosts: ["localhost"])
        #expect(Set(([all.good] + all.flawed.values).map(\.key)).count == 1 + CertificateFlaw.allCases.count)
    }
}
