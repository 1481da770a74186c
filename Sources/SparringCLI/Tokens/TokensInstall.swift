import ArgumentParser
import Foundation
import SparringTokens
import SparringVocabularies

struct TokensInstall: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "install",
        abstract: "Put the vocabularies into the user's cache, where every server finds them.",
        discussion: """
            They are in a package on PyPI, \(VocabularyInstaller.package) (MIT, 12 MB), which pip fetches: the command is shown before it
            runs. Where there is no network, fetch it elsewhere and hand it in:

              python3 -m pip download --no-deps \(VocabularyInstaller.package)
              sparring tokens install --from llama_index_core-*.whl

            The directory is $XDG_CACHE_HOME/sparring, or ~/.cache/sparring. What goes in is checked by its SHA-256.
            """)

    @Option(
        help: ArgumentHelp(
            "A wheel or ZIP that has them, a directory such as tiktoken's cache, or one vocabulary's file.",
            valueName: "path"))
    var from: String?

    func run() async throws {
        guard let directory = VocabularyPlaces.userCache(ProcessInfo.processInfo.environment) else {
            throw CommandError("there is no cache to install into: set HOME or XDG_CACHE_HOME", .usage)
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
                pip could not fetch it (exit code \(process.terminationStatus)). Where there is a network, run
                    python3 -m pip download --no-deps \(VocabularyInstaller.package)
                and here
                    sparring tokens install --from llama_index_core-*.whl
                """, .internalError)
        }
        return try installer.install(from: scratch.appending(path: wheel).path)
    }
}
