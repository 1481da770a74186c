import SparringTokens
import SparringVocabularies
import Testing

@Suite("Places of vocabularies")
struct VocabularyPlacesTests {
    @Test("are tiktoken's cache, then the user's; a directory that is named is the only one")
    func order() {
        let environment = ["TIKTOKEN_CACHE_DIR": "/t", "HOME": "/home/a"]
        #expect(
            VocabularyPlaces(named: nil, environment: environment).places.map(\.directory) == [
                "/t", "/home/a/.cache/sparring",
            ])
        let named = VocabularyPlaces.Place(directory: "/v", origin: "--vocabularies")
        #expect(VocabularyPlaces(named: named, environment: environment).places == [named])
        #expect(VocabularyPlaces(named: nil, environment: [:]).places == [])
    }

    @Test(
        "of the user follow the XDG directories",
        arguments: [
            (["HOME": "/h"], "/h/.cache/sparring"), (["HOME": "/h", "XDG_CACHE_HOME": "/c"], "/c/sparring"),
            (["HOME": "/h", "XDG_CACHE_HOME": "relative"], "/h/.cache/sparring"), (["HOME": ""], nil), ([:], nil),
        ] as [([String: String], String?)])
    func userCache(environment: [String: String], directory: String?) {
        #expect(VocabularyPlaces.userCache(environment) == directory)
    }

    @Test("give each encoding the first file that is there, under either name")
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
