import ArgumentParser
import SparringScenario

/// Questions that suggest the name that a user may have meant.
enum DidYouMean {
    /// `; did you mean 'serve'?`, or an empty text if no name is similar.
    static func question(_ text: String, among names: [String]) -> String {
        Nearest.name(to: text, among: names).map { "; did you mean '\($0)'?" } ?? ""
    }

    /// Checks the names of subcommands before the arguments are parsed, because the parser makes no suggestions.
    /// - Parameters:
    ///   - arguments: the arguments of the program, without its own name. The arguments after `help` are commands too.
    ///   - root: the command of the program itself.
    static func checkSubcommands(_ arguments: [String], of root: any ParsableCommand.Type) throws(CommandError) {
        let asksForHelp = arguments.first == "help"
        var command = root
        var path = "sparring"
        for argument in asksForHelp ? arguments.dropFirst() : arguments[...] {
            let configuration = command.configuration
            let names = configuration.subcommands.map { $0._commandName }
            guard !argument.hasPrefix("-"), asksForHelp || !names.isEmpty else { return }
            guard let index = names.firstIndex(of: argument) else {
                // A default subcommand may take the word as its argument.
                guard configuration.defaultSubcommand == nil || asksForHelp else { return }
                let question = question(argument, among: names)
                let advice = names.isEmpty ? "describes the command" : "lists the commands"
                throw CommandError(
                    "'\(argument)' is not a command of `\(path)`\(question)\n`\(path) --help` \(advice).", .usage)
            }
            command = configuration.subcommands[index]
            path += " \(argument)"
        }
    }
}
