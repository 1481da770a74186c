import SparringTokens
import SparringVocabularies
import Testing

@Suite("Folders of vocabularies")
struct VocabularyPlacesTests {
    @Test("Vocabularies are searched in tiktoken's cache and then in the user's, or only in the named folder")
    func order() {
        let environment = ["TIKTOKEN_CACHE_DIR": "/t", "HOME": "/users/ada"]
        #expect(
            VocabularyPlaces(named: nil, environment: environment).places.map(\.directory) == [
                "/t", "/users/ada/.cache/sparring",
            ])
        let named = VocabularyPlaces.Place(directory: "/v", origin: "--vocabularies")
        #expect(VocabularyPlaces(named: named, environment: environment).places == [named])
        #expect(VocabularyPlaces(named: nil, environment: [:]).places == [])
    }

    @Test(
        "The vocabularies of the archive and of the wheel are searched last",
        arguments: [
            ("/opt/sparring/sparring", ["/c/sparring", "/opt/sparring/vocabularies"]),
            ("/venv/bin/sparring", ["/c/sparring", "/venv/bin/vocabularies", "/venv/share/sparring/vocabularies"]),
            (nil, ["/c/sparring"]),
        ] as [(String?, [String])])
    func besideTheProgram(program: String?, directories: [String]) {
        let environment = ["XDG_CACHE_HOME": "/c"]
        #expect(
            VocabularyPlaces(named: nil, environment: environment, program: program).places.map(\.directory)
                == directories)
    }

    @Test(
        "The user's folder of vocabularies follows XDG",
        arguments: [
            (["HOME": "/h"], "/h/.cache/sparring"), (["HOME": "/h", "XDG_CACHE_HOME": "/c"], "/c/sparring"),
            (["HOME": "/h", "XDG_CACHE_HOME": "relative"], "/h/.cache/sparring"), (["HOME": ""], nil), ([:], nil),
        ] as [([String: String], String?)])
    func userCache(environment: [String: String], directory: String?) {
        #expect(VocabularyPlaces.userCache(environment) == directory)
    }

    @Test("Each encoding uses the first file that exists, under either name")
    func files() {
        let places = VocabularyPlaces(named: nil, environment: ["TIKTOKEN_CACHE_DIR": "/t", "XDG_CACHE_HOME": "/c"])
        let present = [
            "/c/sparring/\(TokenEncoding.o200k.file.cacheName)", "/t/cl100k_base.tiktoken",
            "/c/sparring/cl100k_base.tiktoken",
        ]
        #expect(places.files { present.contains($0) } == [.o200k: present[0], .cl100k: present[1]])
        #expect(places.files { _ in false } == [:])
    }
}
