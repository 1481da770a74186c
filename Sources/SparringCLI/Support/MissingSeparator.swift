import ArgumentParser

/// The hint for a command line whose program has no `--` before it, so that the program or the program's options are read as Sparring's
/// own.
enum MissingSeparator {
    /// - Parameters:
    ///   - arguments: the arguments of the process, without its own name.
    ///   - root: the command of the program itself.
    ///   - message: the parser's error.
    /// - Returns: nil if the error has another cause, or the command runs no program.
    static func hint(
        for arguments: [String], of root: any ParsableCommand.Type, after message: String
    ) -> String? {
        var command = root
        var words = arguments[...]
        while let name = words.first,
            let next = command.configuration.subcommands.first(where: { $0._commandName == name })
        {
            command = next
            words.removeFirst()
        }
        guard command is any RunsProgram.Type, !arguments.contains("--") else { return nil }
        if let word = quoted("nexpected argument", in: message) {
            return "If '\(word)' is the program to run, put -- before it."
        }
        guard let option = quoted("Unknown option", in: message) else { return nil }
        // A word before the option may be the program; without such a word, the option is misspelled.
        let before = words.prefix { !$0.hasPrefix(option) }
        guard before.contains(where: { !$0.hasPrefix("-") }) else { return nil }
        return "If \(option) belongs to the program to run, put -- before the program."
    }

    /// The first word in quotes after the given words of a message.
    private static func quoted(_ words: String, in message: String) -> String? {
        guard let range = message.firstRange(of: words) else { return nil }
        let parts = message[range.upperBound...].split(separator: "'", maxSplits: 2, omittingEmptySubsequences: false)
        return parts.count > 1 ? String(parts[1]) : nil
    }
}
