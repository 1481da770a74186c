import Foundation

/// The environment of a program that a test starts: the tools of this machine, but a separate home, caches and
/// temporary files.
///
/// The developer's other variables are left out. Settings (`SPARRING_*`), keys (`OPENAI_*`), proxies, vocabularies in a
/// cache and authorities in a bundle would change the program's behaviour.
struct ChildEnvironment {
    /// Variables about tools, the linker, the locale, coverage and sanitizers.
    private static let kept: Set<String> = [
        "PATH", "LANG", "TZ", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "DYLD_FRAMEWORK_PATH", "LLVM_PROFILE_FILE",
        "TSAN_OPTIONS", "ASAN_OPTIONS", "DEVELOPER_DIR", "SDKROOT", "TOOLCHAINS", "JAVA_HOME", "GOROOT", "DOTNET_ROOT",
    ]

    /// Variables of version managers, each with its default folder below the home directory.
    private static let managers = [
        "ASDF_DATA_DIR": ".asdf", "MISE_DATA_DIR": ".local/share/mise", "PYENV_ROOT": ".pyenv", "RBENV_ROOT": ".rbenv",
        "SWIFTLY_HOME_DIR": ".local/share/swiftly", "VOLTA_HOME": ".volta",
    ]

    let variables: [String: String]

    /// - Parameters:
    ///   - folder: the folder for the home and the temporary files, which the function `makeFolders` creates.
    ///   - inherited: the environment of this process.
    ///   - own: variables that the test sets; they take precedence.
    ///   - exists: returns whether a folder exists.
    init(
        in folder: URL, inherited: [String: String], own: [String: String] = [:],
        where exists: (String) -> Bool = { FileManager.default.fileExists(atPath: $0) }
    ) {
        var variables = inherited.filter { Self.kept.contains($0.key) || $0.key.hasPrefix("LC_") }
        for (variable, place) in Self.managers {
            let usual = inherited["HOME"].map { "\($0)/\(place)" }.flatMap { exists($0) ? $0 : nil }
            variables[variable] = inherited[variable] ?? usual
        }
        for (variable, place) in Self.places { variables[variable] = folder.appending(path: place).path }
        self.variables = variables.merging(own) { $1 }
    }

    /// Creates the folders that the variables name.
    static func makeFolders(in folder: URL) throws {
        for place in places.values {
            try FileManager.default.createDirectory(
                at: folder.appending(path: place), withIntermediateDirectories: true)
        }
    }

    /// XDG Base Directory Specification 0.8, and TMPDIR of POSIX.
    private static let places = [
        "HOME": "home", "XDG_CACHE_HOME": "home/.cache", "XDG_CONFIG_HOME": "home/.config",
        "XDG_DATA_HOME": "home/.local/share", "XDG_STATE_HOME": "home/.local/state", "TMPDIR": "tmp",
    ]
}
