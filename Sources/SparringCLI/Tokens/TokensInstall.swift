import ArgumentParser
import Foundation
import SparringTokens
import SparringVocabularies

struct TokensInstall: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "install",
        abstract: "Install the vocabularies into the user's cache, where every server finds them.",
        discussion: """
            Downloads the PyPI package \(VocabularyInstaller.package) (MIT, 12 MB) with pip, and prints the command \
            before it runs. On a machine without network, download it elsewhere and use --from:

              python3 -m pip download --no-deps \(VocabularyInstaller.package)
              sparring tokens install --from llama_index_core-*.whl

            Installs into $XDG_CACHE_HOME/sparring, or ~/.cache/sparring. The SHA-256 of every file is checked.
            """)

    @Option(
        help: ArgumentHelp(
            "Install from this wheel, ZIP, directory (such as tiktoken's cache) or vocabulary file.",
            valueName: "path"))
    var from: String?

    func run() async throws {
        guard let directory = VocabularyPlaces.userCache(ProcessInfo.processInfo.environment) else {
            throw CommandError("no cache directory: set HOME or XDG_CACHE_HOME", .usage)
        }
        let installer = VocabularyInstaller(into: directory)
        let files = if let from { try installer.install(from: from) } else { try Self.fetch(installer) }
        for file in files { try StandardOutput.print("\(file.encoding.rawValue)  \(file.path)") }
    }

    private static func fetch(_ installer: VocabularyInstaller) throws -> [VocabularyFile] {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let scratch = folder.url
        let command = [
            "python3", "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps", "--dest",
            scratch.path, VocabularyInstaller.package,
        ]
        try StandardError.write("sparring: running \(command.joined(separator: " "))\n")
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = command
        try process.run()
        process.waitUntilExit()
        let wheel = try FileManager.default.contentsOfDirectory(atPath: scratch.path).first { $0.hasSuffix(".whl") }
        guard process.terminationStatus == 0, let wheel else {
            throw CommandError(
                """
                pip could not download the package (exit code \(process.terminationStatus)). On a machine with network, run
                    python3 -m pip download --no-deps \(VocabularyInstaller.package)
                Then run here
                    sparring tokens install --from llama_index_core-*.whl
                """, .internalError)
        }
        return try installer.install(from: scratch.appending(path: wheel).path)
    }
}
