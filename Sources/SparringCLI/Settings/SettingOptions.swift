import ArgumentParser

/// Options of a command that are settings. The property `readyFile` is the setting `ready_file`.
protocol SettingOptions: ParsableArguments {}

extension SettingOptions {
    /// The settings of these options, whether given or not.
    static var keys: Set<Settings.Key> {
        Set(Mirror(reflecting: Self()).children.compactMap { $0.label.flatMap(Settings.Key.init(property:)) })
    }

    /// The flags that the user has given, for `Settings`.
    var flags: [Settings.Key: String] {
        var flags: [Settings.Key: String] = [:]
        // The argument parser finds options in the same way.
        for child in Mirror(reflecting: self).children {
            guard let label = child.label, let key = Settings.Key(property: label) else { continue }
            switch child.value {
            case let option as Option<String?>: flags[key] = option.wrappedValue
            case let option as Option<[String]>:
                guard case .list(_, let separator) = Setting.row(key).kind, !option.wrappedValue.isEmpty else { break }
                flags[key] = option.wrappedValue.joined(separator: separator)
            case let flag as Flag<Bool>: flags[key] = flag.wrappedValue ? "true" : nil
            default: break
            }
        }
        return flags
    }
}

extension Option where Value == String? {
    /// The option for a setting. Name, help and completion come from the setting's row.
    init(_ key: Settings.Key) {
        self.init(name: key.name, help: key.help, completion: key.completion)
    }
}

extension Option where Value == [String] {
    init(wrappedValue: [String], _ key: Settings.Key) {
        self.init(wrappedValue: wrappedValue, name: key.name, help: key.help, completion: key.completion)
    }
}

extension Flag where Value == Bool {
    init(wrappedValue: Bool, _ key: Settings.Key) {
        self.init(wrappedValue: wrappedValue, name: key.name, help: key.help)
    }
}

extension Settings.Key {
    /// - Parameter property: the name of a wrapped property: `_readyFile`.
    init?(property: String) {
        let words = property.drop { $0 == "_" }.map { $0.isUppercase ? "_" + $0.lowercased() : String($0) }
        self.init(rawValue: words.joined())
    }

    fileprivate var name: NameSpecification { .customLong(String(flag.dropFirst(2))) }

    fileprivate var help: ArgumentHelp {
        let row = Setting.row(self)
        return ArgumentHelp(stringLiteral: row.help).named(row.kind.valueName)
    }

    fileprivate var completion: CompletionKind? {
        switch Setting.row(self).kind {
        case .choice(let names): .list(names)
        case .file, .list("file", _): .file()
        case .directory: .directory
        case .flag, .value, .list: nil
        }
    }
}

extension Setting.Kind {
    /// The placeholder for the value in help: `<file>`.
    var valueName: String? {
        switch self {
        case .flag: nil
        case .value(let name), .list(let name, _): name
        case .choice(let names): names.count > 4 ? "name" : names.joined(separator: "|")
        case .file: "file"
        case .directory: "dir"
        }
    }
}

extension ArgumentHelp {
    fileprivate func named(_ valueName: String?) -> ArgumentHelp {
        ArgumentHelp(abstract, discussion: discussion, valueName: valueName)
    }
}
