import ArgumentParser

/// A row of the table of settings. Each row defines the flag, the environment variable, the key in `sparring.yaml`, the help, `sparring
/// config` and docs/reference/settings.md.
///
/// A new setting needs three things: a key and a value in `Settings.swift`, its row in `Setting+Server.swift` or the table of its command, and a line
/// in the options of the command, such as `ServerOptions.swift`.
struct Setting: Sendable {
    let key: Settings.Key
    /// The kind of value that the flag has.
    let kind: Kind
    /// One to three sentences: the effect and the default.
    let help: String
    /// Reads a value.
    let parse: @Sendable (inout Settings, String) throws(Reason) -> Void
    /// The current value, in the notation of users; nil if the setting has no value.
    let text: @Sendable (Settings) -> String?

    enum Kind: Sendable, Hashable {
        /// `--quiet`. A switch: in the environment and in files, `true` or `false`.
        case flag
        /// One value, with the placeholder that the help shows for it.
        case value(String)
        /// The value is one of these names.
        case choice([String])
        /// The value is the path of a file.
        case file
        case directory
        /// Several values. The flag may be repeated; in the environment, the separator joins the values.
        case list(String, separator: String)
    }

    /// The reason why a value is wrong. The reason is the end of a message that begins with the place of the value.
    struct Reason: Error { let text: String }

    static func row(_ key: Settings.Key) -> Setting { rows[key] ?? unknown(key) }

    /// All settings, in the order of help and documentation.
    static let table: [Setting] = server + check + cassette

    private static let rows = Dictionary(uniqueKeysWithValues: table.map { ($0.key, $0) })

    private static func unknown(_ key: Settings.Key) -> Setting {
        preconditionFailure("the table of settings has no row for \(key.rawValue)")
    }
}

// MARK: - Rows by type of value

extension Setting {
    typealias Path<Value> = WritableKeyPath<Settings, Value> & Sendable

    static func flag(_ key: Settings.Key, into path: any Path<Bool>, _ help: String) -> Setting {
        Setting(key: key, kind: .flag, help: help) { settings, value throws(Reason) in
            settings[keyPath: path] = try bool(value)
        } text: {
            String($0[keyPath: path])
        }
    }

    static func text(_ key: Settings.Key, _ kind: Kind, into path: any Path<String?>, _ help: String) -> Setting {
        Setting(key: key, kind: kind, help: help) {
            $0[keyPath: path] = $1
        } text: {
            $0[keyPath: path]
        }
    }

    /// A row for a file to be written. Standard output cannot be named as the file, because it belongs to the program under test.
    static func file(_ key: Settings.Key, into path: any Path<String?>, _ help: String) -> Setting {
        Setting(key: key, kind: .file, help: help) { settings, value throws(Reason) in
            guard !value.isEmpty, value != "-" else {
                throw Reason(text: "'\(value)' is not the name of a file; standard output is /dev/stdout")
            }
            settings[keyPath: path] = value
        } text: {
            $0[keyPath: path]
        }
    }

    static func text(_ key: Settings.Key, _ kind: Kind, into path: any Path<String>, _ help: String) -> Setting {
        Setting(key: key, kind: kind, help: help) {
            $0[keyPath: path] = $1
        } text: {
            $0[keyPath: path]
        }
    }

    static func choice<Value: RawRepresentable<String> & CaseIterable & SendableMetatype>(
        _ key: Settings.Key, into path: any Path<Value>, _ help: String
    ) -> Setting {
        let names = Value.allCases.map(\.rawValue)
        return Setting(key: key, kind: .choice(names), help: help) { settings, value throws(Reason) in
            guard let choice = Value(rawValue: value) else { throw noChoice(value, names) }
            settings[keyPath: path] = choice
        } text: {
            $0[keyPath: path].rawValue
        }
    }

    /// A row for a whole number that is at least `least`.
    static func number(
        _ key: Settings.Key, _ name: String, from least: Int, into path: any Path<Int?>, _ help: String
    ) -> Setting {
        Setting(key: key, kind: .value(name), help: help) { settings, value throws(Reason) in
            settings[keyPath: path] = try integer(value, name, from: least)
        } text: {
            $0[keyPath: path].map { String($0) }
        }
    }

    static func integer(_ value: String, _ name: String, from least: Int) throws(Reason) -> Int {
        guard let number = Int(value), number >= least else {
            throw Reason(text: "'\(value)' is not a number of \(name) (\(least) or more)")
        }
        return number
    }

    static func bool(_ value: String) throws(Reason) -> Bool {
        guard let flag = ["true": true, "1": true, "false": false, "0": false][value] else {
            throw Reason(text: "'\(value)' is neither true nor false")
        }
        return flag
    }

    static func noChoice(_ value: String, _ names: [String]) -> Reason {
        Reason(text: "'\(value)' is not one of \(names.joined(separator: ", "))")
    }

    /// Splits a list, and trims spaces around its elements.
    static func elements(_ value: String, by separator: Character) -> [String] {
        value.split { $0 == separator || $0 == "\n" }.map { element in
            String(element.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
        }
    }
}
