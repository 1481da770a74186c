import ArgumentParser
import Sparring
import SparringExchange

/// The file of `--report` for `run` and `serve`: the live page with the exchanges of the run inside.
struct PageFile {
    let path: String
    private let exchanges = KeptExchanges()

    /// Nil without `--report`. Create it before the server starts.
    /// - Throws: an error if the file cannot be written. Without this check, the result of the run would be lost.
    init?(_ settings: Settings) throws {
        guard let path = settings.report else { return nil }
        self.path = path
        try Self.prepare(path, isQuiet: settings.isQuiet)
    }

    /// Checks that the file can be written, and creates the file's folder.
    static func prepare(_ path: String, isQuiet: Bool) throws {
        guard let folder = try PrivateFile.prepare(path), !isQuiet else { return }
        try StandardError.write("sparring: created the folder \(folder) for --report\n")
    }

    var sink: any ExchangeSink { exchanges }

    /// Call it when the server has stopped, so that every answer has ended. Other programs never read a half-written file.
    func write(_ server: MockServer) throws(OutputError) {
        let now = Int(WallClock.nanoseconds() / 1_000_000_000)
        try PrivateFile.write(server.page(of: exchanges, at: now), to: path)
    }
}

/// The option of the commands that write a page at their end.
struct ReportOptions: SettingOptions {
    @Option(.report) var report: String?
}
