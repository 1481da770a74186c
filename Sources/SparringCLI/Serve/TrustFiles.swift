import Foundation
import SparringCertificates

/// Files of certificates that make programs trust the server: one file with only the server's certificate authority, and a bundle that also
/// has the system's authorities.
struct TrustFiles {
    /// The path of the authority's certificate (PEM).
    let authority: String
    /// The path of the bundle (PEM). A program that uses the bundle reads no other certificates.
    let bundle: String
    private let folder: TemporaryFolder
    private let hasOwn: Bool

    /// - Parameters:
    ///   - out: the path for the authority's certificate, which remains after the server has stopped; nil for a
    ///   temporary file.
    ///   - environment: the environment of the user.
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

    /// The variables from which programs of different languages read certificates.
    var environment: [String: String] {
        [
            // The variable for OpenSSL, and through OpenSSL for Python's ssl, httpx, aiohttp and Ruby. The variable also works for Go and
            // Rust's native-tls.
            "SSL_CERT_FILE": bundle,
            // For Python's requests.
            "REQUESTS_CA_BUNDLE": bundle, "CURL_CA_BUNDLE": bundle,
            // Node.js adds these certificates to its own.
            "NODE_EXTRA_CA_CERTS": hasOwn ? bundle : authority,
        ]
    }

    /// The line about TLS in the banner.
    var line: String { "TLS: SSL_CERT_FILE=\(bundle) or NODE_EXTRA_CA_CERTS=\(authority)" }

    /// Removes the temporary files.
    func remove() { folder.remove() }

    /// The certificates from the variables that are replaced, such as a company's authority. They stay trusted.
    private static func own(_ environment: [String: String]) -> Data {
        let names = ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"]
        let files = Set(names.compactMap { environment[$0] }).subtracting(systemPlaces).sorted()
        return files.compactMap { FileManager.default.contents(atPath: $0) }.reduce(Data()) {
            $0 + $1 + Data("\n".utf8)
        }
    }

    /// The files in which Linux distributions keep the trusted authorities.
    private static let systemPlaces = [
        "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem",
        "/etc/ssl/cert.pem",
    ]

    private static var system: Data {
        systemPlaces.lazy.compactMap { FileManager.default.contents(atPath: $0) }.first ?? Data()
    }
}
