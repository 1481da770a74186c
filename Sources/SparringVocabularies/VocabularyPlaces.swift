package import SparringTokens

/// The directories that are searched for vocabularies, in order.
package struct VocabularyPlaces: Sendable, Hashable {
    /// A directory and the reason to search it.
    package struct Place: Sendable, Hashable {
        package var directory: String
        /// A flag, an environment variable, or a description.
        package var origin: String

        package init(directory: String, origin: String) {
            self.directory = directory
            self.origin = origin
        }
    }

    package var places: [Place]

    /// - Parameters:
    ///   - named: the directory that a setting names, with the setting. If given, it is the only place.
    ///   - environment: the environment of the process.
    ///   - program: the path of the program, without links; the archive and the wheel have vocabularies in a folder
    ///   next to it.
    package init(named: Place?, environment: [String: String], program: String? = nil) {
        if let named {
            places = [named]
            return
        }
        places = []
        if let directory = environment["TIKTOKEN_CACHE_DIR"], !directory.isEmpty {
            places.append(Place(directory: directory, origin: "TIKTOKEN_CACHE_DIR"))
        }
        if let directory = Self.userCache(environment) {
            places.append(Place(directory: directory, origin: "the user's cache"))
        }
        if let program, let end = program.lastIndex(of: "/") {
            let folder = program[..<end]
            places.append(Place(directory: "\(folder)/vocabularies", origin: "the archive"))
            // A wheel installs the program into `bin`, and its data into `share` next to that folder.
            if folder.hasSuffix("/bin") {
                let prefix = folder.dropLast("/bin".utf8.count)
                places.append(Place(directory: "\(prefix)/share/sparring/vocabularies", origin: "the package"))
            }
        }
    }

    /// The directory of `sparring tokens install`: `$XDG_CACHE_HOME/sparring` or `~/.cache/sparring` (XDG Base Directory
    /// Specification 0.8); nil without a home directory.
    package static func userCache(_ environment: [String: String]) -> String? {
        if let cache = environment["XDG_CACHE_HOME"], cache.hasPrefix("/") { return "\(cache)/sparring" }
        return environment["HOME"].flatMap { $0.isEmpty ? nil : "\($0)/.cache/sparring" }
    }

    /// The possible names of an encoding's file: the name in tiktoken's cache, and the published name.
    package static func names(of encoding: TokenEncoding) -> [String] {
        [encoding.file.cacheName, "\(encoding.rawValue).tiktoken"]
    }

    /// The first existing file of each encoding.
    package func files(where exists: (String) -> Bool) -> [TokenEncoding: String] {
        var files: [TokenEncoding: String] = [:]
        for encoding in TokenEncoding.allCases {
            let paths = places.flatMap { place in Self.names(of: encoding).map { "\(place.directory)/\($0)" } }
            files[encoding] = paths.first(where: exists)
        }
        return files
    }
}
