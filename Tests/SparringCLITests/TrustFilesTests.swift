import Foundation
import SparringCertificates
import Testing

@testable import SparringCLI

@Suite("Trust files")
struct TrustFilesTests {
    private static let authority = Result { try CertificateAuthority(unixTime: 1_767_225_600) }

    /// Runs `use` with a folder that has a company's authority.
    private static func withCompany(_ use: (URL) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "sparring-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "company.pem")
        // The file of the authority does not end with a line end. The next certificate must nevertheless begin on a new line.
        try Data("THE COMPANY'S".utf8).write(to: file)
        try use(file)
    }

    @Test(
        "The trust bundle contains the authorities of a variable that it replaces",
        arguments: ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"])
    func kept(variable: String) throws {
        try Self.withCompany { company in
            let authority = try Self.authority.get()
            let files = try TrustFiles(authority, out: nil, in: [variable: company.path])
            defer { files.remove() }
            let bundle = try String(contentsOfFile: files.bundle, encoding: .utf8)
            #expect(bundle.hasPrefix(try authority.pem) && bundle.hasSuffix("\nTHE COMPANY'S\n"))
            #expect(files.environment["NODE_EXTRA_CA_CERTS"] == files.bundle)
            #expect(Set(files.environment.values) == [files.bundle])
        }
    }

    @Test("A file that several variables name is bundled once, and a missing file is ignored")
    func once() throws {
        try Self.withCompany { company in
            let environment = [
                "SSL_CERT_FILE": company.path, "CURL_CA_BUNDLE": company.path, "REQUESTS_CA_BUNDLE": "/nonexistent.pem",
            ]
            let files = try TrustFiles(try Self.authority.get(), out: nil, in: environment)
            defer { files.remove() }
            let bundle = try String(contentsOfFile: files.bundle, encoding: .utf8)
            #expect(bundle.components(separatedBy: "THE COMPANY'S").count == 2)
        }
    }

    @Test("NODE_EXTRA_CA_CERTS names only Sparring's authority if it had no value before")
    func alone() throws {
        let files = try TrustFiles(try Self.authority.get(), out: nil, in: [:])
        defer { files.remove() }
        #expect(files.environment["NODE_EXTRA_CA_CERTS"] == files.authority)
        #expect(try String(contentsOfFile: files.authority, encoding: .utf8) == (try Self.authority.get().pem))
    }
}
