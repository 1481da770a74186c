import ArgumentParser

/// Exit codes in addition to 0 (success) and 1 (the run failed). 64 to 75 are from `sysexits.h`.
extension ExitCode {
    /// The command line is wrong, or its names match nothing (`EX_USAGE`).
    static let usage = ExitCode(64)
    /// A file has mistakes (`EX_DATAERR`).
    static let badFile = ExitCode(65)
    /// The program under test cannot be started, or does not follow its protocol (`EX_UNAVAILABLE`).
    static let clientUnavailable = ExitCode(69)
    /// A bug of Sparring, or an error of the machine, such as a taken port (`EX_SOFTWARE`).
    static let internalError = ExitCode(70)
    /// A file or stream cannot be written: the disk is full, the folder is read-only (`EX_IOERR`).
    static let ioError = ExitCode(74)
    /// The machine is too busy for a measurement, which may succeed later (`EX_TEMPFAIL`).
    static let busyMachine = ExitCode(75)
    static let interrupted = ExitCode(130)
}
