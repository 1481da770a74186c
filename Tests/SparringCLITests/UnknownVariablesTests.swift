import Testing

@testable import SparringCLI

@Suite("Unknown environment variables")
struct UnknownVariablesTests {
    @Test(
        "A misspelled variable is reported with the setting that was probably meant",
        arguments: [
            ("SPARRING_PROT", "SPARRING_PORT"), ("SPARRING_SEDD", "SPARRING_SEED"),
            ("SPARRING_TIMESCALE", "SPARRING_TIME_SCALE"),
            ("SPARRING_VALIDATON", "SPARRING_VALIDATION"), ("SPARING_PORT", "SPARRING_PORT"),
            ("sparring_port", "SPARRING_PORT"),
            ("SPARRING_READY-FILE", "SPARRING_READY_FILE"),
        ])
    func misspelled(name: String, meant: String) {
        let unknown = UnknownVariables([name: "8080", "PATH": "/bin"])
        #expect(
            unknown.misspelt == ["sparring: the environment variable \(name) is ignored; did you mean \(meant)?"])
        #expect(unknown.others.isEmpty)
    }

    @Test(
        "A variable that resembles no setting is reported only by `sparring config`",
        arguments: ["SPARRING_VERSION", "SPARRING_HOME", "SPARRING_DIR", "SPARRING_PRIMARY_URL", "SPARRING_TEST"])
    func others(name: String) {
        let unknown = UnknownVariables([name: "1"])
        #expect(unknown.misspelt.isEmpty)
        #expect(unknown.others == ["sparring: the environment variable \(name) is ignored: no setting has this name"])
    }

    @Test("Settings, Sparring's own variables and those of other programs are not reported")
    func known() {
        let settings = Settings.Key.allCases.map { ($0.variable, "1") }
        let others = ["SPARRING_RUN", "SPARRING_CASE", "SPARRING_STREAM", "SPARK_HOME", "SPARSE", "OPENAI_API_KEY"]
        let unknown = UnknownVariables(
            Dictionary(uniqueKeysWithValues: settings + others.map { ($0, "1") }))
        #expect(unknown.misspelt.isEmpty && unknown.others.isEmpty)
    }
}
