import Foundation
import SparringCertificates

/// The files by which programs come to trust a server of ours: its authority, and the system's authorities with it among them.
struct TrustFiles {
    /// PEM, one certificate.
    let authority: String
    /// PEM, all of them: a program that is told of one file looks into no other.
    let bundle: String
    private let folder: TemporaryFolder
    private let hasOwn: Bool

    /// - Parameters:
    ///   - out: where the authority is kept when the server is gone; nil: nowhere.
    ///   - environment: of our user.
    init(
        _ authority: CertificateAuthority, out: String?,
        in environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws {
        folder = try TemporaryFolder()
        self.authority = out ?? folder.url.appendingPathComponent("ca.pem").path
        bundle = folder.url.appendingPathComponent("bundle.pem").path
        let (pem, own) = (Data(try authority.pem.utf8), Self.own(environment))
        hasOwn = !own.isEmpty
        try OutputFiles.write([UInt8](pem), to: self.authority)
        try OutputFiles.write([UInt8](pem + Self.system + own), to: bundle)
    }

    /// What a program is told with, whatever it is written with.
    var environment: [String: String] {
        [
            // OpenSSL, and with it Python's ssl, httpx, aiohttp, Ruby; Go and Rust's native-tls.
            "SSL_CERT_FILE": bundle,
            // Python's requests.
            "REQUESTS_CA_BUNDLE": bundle, "CURL_CA_BUNDLE": bundle,
            // Node.js adds it to its own.
            "NODE_EXTRA_CA_CERTS": hasOwn ? bundle : authority,
        ]
    }

    /// What a person is told.
    var line: String { "TLS: SSL_CERT_FILE=\(bundle) or NODE_EXTRA_CA_CERTS=\(authority)" }

    /// What was not asked for goes with the server.
    func remove() { folder.remove() }

    /// Whom our user's programs trust already by the variables that are set anew: a company's authority goes on being trusted.
    private static func own(_ environment: [String: String]) -> Data {
        let names = ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"]
        let files = Set(names.compactMap { environment[$0] }).subtracting(systemPlaces).sorted()
        return files.compactMap { FileManager.default.contents(atPath: $0) }.reduce(Data()) {
            $0 + $1 + Data("\n".utf8)
        }
    }

    /// Where distributions keep the authorities that they trust.
    private static let systemPlaces = [
        "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem",
        "/etc/ssl/cert.pem",
    ]

    private static var system: Data {
        systemPlaces.lazy.compactMap { FileManager.default.contents(atPath: $0) }.first ?? Data()
    }
}
