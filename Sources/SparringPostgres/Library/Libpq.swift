#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The functions of `libpq`, the C client of PostgreSQL. The library is loaded when a store needs it.
///
/// The program can therefore be built and started without PostgreSQL. A `PGconn` and a `PGresult` are opaque pointers.
///
/// Source: https://www.postgresql.org/docs/current/libpq.html
struct Libpq: Sendable {
    typealias Connection = OpaquePointer
    typealias Reply = OpaquePointer
    typealias Text = UnsafePointer<CChar>
    typealias Texts = UnsafePointer<UnsafePointer<CChar>?>

    typealias NumberOfConnection = @convention(c) @Sendable (Connection?) -> Int32
    typealias StateOfConnection = @convention(c) @Sendable (Connection?) -> UInt32
    typealias NumberOfReply = @convention(c) @Sendable (Reply?) -> Int32
    typealias NumberOfCell = @convention(c) @Sendable (Reply?, Int32, Int32) -> Int32
    typealias Prepare =
        @convention(c) @Sendable (Connection?, Text?, Text?, Int32, UnsafePointer<UInt32>?) -> Int32
    typealias Execute =
        @convention(c) @Sendable (
            Connection?, Text?, Int32, Texts?, UnsafePointer<Int32>?, UnsafePointer<Int32>?, Int32
        ) -> Int32
    typealias NoticeProcessor = @convention(c) @Sendable (UnsafeMutableRawPointer?, Text?) -> Void
    typealias SetNoticeProcessor =
        @convention(c) @Sendable (Connection?, NoticeProcessor?, UnsafeMutableRawPointer?) -> UnsafeRawPointer?

    let connectStart: @convention(c) @Sendable (Texts?, Texts?, Int32) -> Connection?
    let connectPoll: StateOfConnection
    let ping: @convention(c) @Sendable (Texts?, Texts?, Int32) -> UInt32
    let status: StateOfConnection
    let errorMessage: @convention(c) @Sendable (Connection?) -> Text?
    let socket: NumberOfConnection
    let serverVersion: NumberOfConnection
    let finish: @convention(c) @Sendable (Connection?) -> Void
    let setNonblocking: @convention(c) @Sendable (Connection?, Int32) -> Int32
    let setNoticeProcessor: SetNoticeProcessor
    let sendQuery: @convention(c) @Sendable (Connection?, Text?) -> Int32
    let sendPrepare: Prepare
    let sendExecute: Execute
    let flush: NumberOfConnection
    let consumeInput: NumberOfConnection
    let isBusy: NumberOfConnection
    let nextReply: @convention(c) @Sendable (Connection?) -> Reply?
    let replyStatus: @convention(c) @Sendable (Reply?) -> UInt32
    let replyError: @convention(c) @Sendable (Reply?, Int32) -> Text?
    let rows: NumberOfReply
    let columns: NumberOfReply
    let value: @convention(c) @Sendable (Reply?, Int32, Int32) -> UnsafePointer<UInt8>?
    let length: NumberOfCell
    let isNull: NumberOfCell
    let clear: @convention(c) @Sendable (Reply?) -> Void
    /// The next notification, a `PGnotify`, which `free` frees; nil if no notification has arrived.
    let nextNotification: @convention(c) @Sendable (Connection?) -> UnsafeMutableRawPointer?
    let free: @convention(c) @Sendable (UnsafeMutableRawPointer?) -> Void
    /// The functions of the pipeline mode; nil in a library before version 14.
    let pipeline: Pipeline?

    /// The functions that send several statements before the first statement is answered.
    ///
    /// Source: https://www.postgresql.org/docs/current/libpq-pipeline-mode.html
    struct Pipeline: Sendable {
        let enter: NumberOfConnection
        let sync: NumberOfConnection
        let exit: NumberOfConnection
    }
}

extension Libpq {
    #if canImport(Darwin)
        static let names = [
            "libpq.5.dylib", "/opt/homebrew/opt/libpq/lib/libpq.5.dylib", "/usr/local/opt/libpq/lib/libpq.5.dylib",
        ]
        static let installation = "brew install libpq"
    #else
        static let names = ["libpq.so.5"]
        static let installation = "sudo apt-get install libpq5"
    #endif

    /// The library of this process, loaded at the first use. The library stays loaded until the process ends.
    static let shared = Result { () throws(PostgresProblem) in try Libpq(names) }

    /// - Parameter names: file names or paths, of which the first that is found is used.
    /// - Throws: a problem that names the command that installs the library.
    init(_ names: [String]) throws(PostgresProblem) {
        guard let library = names.lazy.compactMap({ dlopen($0, RTLD_NOW | RTLD_LOCAL) }).first else {
            throw PostgresProblem(
                .missingLibrary,
                "a store in PostgreSQL needs \(names.first ?? "libpq"), which is not installed. Install it with: \(Self.installation)"
            )
        }
        let symbols = Symbols(library: library)
        connectStart = try symbols.find("PQconnectStartParams")
        connectPoll = try symbols.find("PQconnectPoll")
        ping = try symbols.find("PQpingParams")
        status = try symbols.find("PQstatus")
        errorMessage = try symbols.find("PQerrorMessage")
        socket = try symbols.find("PQsocket")
        serverVersion = try symbols.find("PQserverVersion")
        finish = try symbols.find("PQfinish")
        setNonblocking = try symbols.find("PQsetnonblocking")
        setNoticeProcessor = try symbols.find("PQsetNoticeProcessor")
        sendQuery = try symbols.find("PQsendQuery")
        sendPrepare = try symbols.find("PQsendPrepare")
        sendExecute = try symbols.find("PQsendQueryPrepared")
        flush = try symbols.find("PQflush")
        consumeInput = try symbols.find("PQconsumeInput")
        isBusy = try symbols.find("PQisBusy")
        nextReply = try symbols.find("PQgetResult")
        replyStatus = try symbols.find("PQresultStatus")
        replyError = try symbols.find("PQresultErrorField")
        rows = try symbols.find("PQntuples")
        columns = try symbols.find("PQnfields")
        value = try symbols.find("PQgetvalue")
        length = try symbols.find("PQgetlength")
        isNull = try symbols.find("PQgetisnull")
        clear = try symbols.find("PQclear")
        nextNotification = try symbols.find("PQnotifies")
        free = try symbols.find("PQfreemem")
        pipeline = Pipeline(symbols)
    }

    fileprivate struct Symbols {
        let library: UnsafeMutableRawPointer

        /// - Returns: the function of this name; the caller states its type, as a C header does.
        func find<Function>(_ name: String) throws(PostgresProblem) -> Function {
            guard let symbol = dlsym(library, name) else {
                throw PostgresProblem(
                    .missingLibrary,
                    "the installed libpq is too old, it has no \(name). Install a newer one with: \(Libpq.installation)"
                )
            }
            return unsafeBitCast(symbol, to: Function.self)
        }
    }
}

extension Libpq.Pipeline {
    fileprivate init?(_ symbols: Libpq.Symbols) {
        do throws(PostgresProblem) {
            enter = try symbols.find("PQenterPipelineMode")
            sync = try symbols.find("PQpipelineSync")
            exit = try symbols.find("PQexitPipelineMode")
        } catch {
            return nil
        }
    }
}
