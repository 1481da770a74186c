import ArgumentParser

/// The hint for a command line whose program has options and no `--` before it, so that they are read as Sparring's own.
enum MissingSeparator {
    /// - Parameters:
    ///   - arguments: those of the process, without its own name.
    ///   - root: the command of the program itself.
    ///   - message: the parser's error.
    /// - Returns: nil if the error is another one, or the command runs no program.
    static func hint(
        for arguments: [String], of root: any ParsableCommand.Type, after message: String
    ) -> String? {
        guard !arguments.contains("--"), let option = unknownOption(in: message) else { return nil }
        var command = root
        var words = arguments[...]
        while let name = words.first,
            let next = command.configuration.subcommands.first(where: { $0._commandName == name })
        {
            command = next
            words.removeFirst()
        }
        // A word before the option may be the program; without one, the option is a slip of the pen.
        let before = words.prefix { !$0.hasPrefix(option) }
        guard command is any RunsProgram.Type, before.contains(where: { !$0.hasPrefix("-") }) else { return nil }
        return "If \(option) belongs to the program to run, put -- before the program."
    }

    private static func unknownOption(in message: String) -> String? {
        let start = "Unknown option '"
        guard let range = message.firstRange(of: start) else { return nil }
        return String(message[range.upperBound...].prefix { $0 != "'" })
    }
}
