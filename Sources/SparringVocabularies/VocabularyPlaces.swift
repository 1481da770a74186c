package import SparringTokens

/// Where vocabularies are looked for, the first place before the others.
package struct VocabularyPlaces: Sendable, Hashable {
    /// A directory, and what made us look there.
    package struct Place: Sendable, Hashable {
        package var directory: String
        /// A flag, a variable, or words for people.
        package var origin: String

        package init(directory: String, origin: String) {
            self.directory = directory
            self.origin = origin
        }
    }

    package var places: [Place]

    /// - Parameters:
    ///   - named: the directory of a setting, with the setting. It is the only place then: who names one wants no other.
    ///   - environment: of the process.
    package init(named: Place?, environment: [String: String]) {
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
    }

    /// Where `sparring tokens install` puts them: `$XDG_CACHE_HOME/sparring` or `~/.cache/sparring` (XDG Base Directory
    /// Specification 0.8); nil where there is no home.
    package static func userCache(_ environment: [String: String]) -> String? {
        if let cache = environment["XDG_CACHE_HOME"], cache.hasPrefix("/") { return "\(cache)/sparring" }
        return environment["HOME"].flatMap { $0.isEmpty ? nil : "\($0)/.cache/sparring" }
    }

    /// The names that an encoding's file may have in a directory: tiktoken's in its cache, and the published one.
    package static func names(of encoding: TokenEncoding) -> [String] {
        [encoding.file.cacheName, "\(encoding.rawValue).tiktoken"]
    }

    /// The file of each encoding that has one.
    package func files(where exists: (String) -> Bool) -> [TokenEncoding: String] {
        var files: [TokenEncoding: String] = [:]
        for encoding in TokenEncoding.allCases {
            let paths = places.flatMap { place in Self.names(of: encoding).map { "\(place.directory)/\($0)" } }
            files[encoding] = paths.first(where: exists)
        }
        return files
    }
}
