import ArgumentParser

struct CassetteCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cassette",
        abstract: "Inspect and edit cassettes; import and export exchanges.",
        discussion: """
              sparring cassette ls cassette.sqlite
              sparring cassette show cassette.sqlite 3
              sparring cassette explain cassette.sqlite request.json
              sparring cassette import cassette.sqlite browser.har vcr/*.yaml
              sparring cassette export cassette.sqlite --format har --out cassette.har
              sparring cassette scrub cassette.sqlite --redact '$.metadata.mail'
              sparring cassette verify cassette.sqlite --dry-run
            """,
        subcommands: [
            CassetteList.self, CassetteShow.self, CassetteExplain.self, CassetteExport.self, CassetteImport.self,
            CassetteScrub.self, CassetteTrim.self, CassetteMerge.self, CassetteDiff.self,
            CassetteVerify.self,
        ])
}
