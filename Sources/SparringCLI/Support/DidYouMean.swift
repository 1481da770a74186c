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
    ///   - arguments: the program's arguments, without its own name.
    ///   - root: the command of the program itself.
    static func checkSubcommands(_ arguments: [String], of root: any ParsableCommand.Type) throws(CommandError) {
        var command = root
        var path = "sparring"
        for argument in arguments {
            let configuration = command.configuration
            let names = configuration.subcommands.map { $0._commandName }
            guard !argument.hasPrefix("-"), argument != "help", !names.isEmpty else { return }
            guard let index = names.firstIndex(of: argument) else {
                // A default subcommand may accept the word as its argument.
                guard configuration.defaultSubcommand == nil else { return }
                let question = question(argument, among: names)
                throw CommandError(
                    "'\(argument)' is not a command of `\(path)`\(question)\n`\(path) --help` lists the commands.",
                    .usage)
            }
            command = configuration.subcommands[index]
            path += " \(argument)"
        }
    }
}
