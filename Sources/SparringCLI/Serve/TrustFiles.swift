import Foundation
import SparringCertificates

/// Certificate files that make programs trust the server: its authority alone, and a bundle with the system's authorities.
struct TrustFiles {
    /// The path of the authority's certificate (PEM).
    let authority: String
    /// The path of the bundle (PEM). A program that gets this file reads no other.
    let bundle: String
    private let folder: TemporaryFolder
    private let hasOwn: Bool

    /// - Parameters:
    ///   - out: where to write the authority, so that it stays after the server has stopped; nil for a temporary file.
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

    /// The variables in which programs of different languages look for certificates.
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

    /// The line for people.
    var line: String { "TLS: SSL_CERT_FILE=\(bundle) or NODE_EXTRA_CA_CERTS=\(authority)" }

    /// Removes the temporary files.
    func remove() { folder.remove() }

    /// The certificates of the variables that are overwritten, such as a company's authority: they stay trusted.
    private static func own(_ environment: [String: String]) -> Data {
        let names = ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"]
        let files = Set(names.compactMap { environment[$0] }).subtracting(systemPlaces).sorted()
        return files.compactMap { FileManager.default.contents(atPath: $0) }.reduce(Data()) {
            $0 + $1 + Data("\n".utf8)
        }
    }

    /// Where Linux distributions keep the trusted authorities.
    private static let systemPlaces = [
        "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem",
        "/etc/ssl/cert.pem",
    ]

    private static var system: Data {
        systemPlaces.lazy.compactMap { FileManager.default.contents(atPath: $0) }.first ?? Data()
    }
}
