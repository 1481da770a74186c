import SparringScenario
import Testing

@testable import SparringConformance

@Suite("The text of a terminal's output")
struct PlainOutputTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var output: String
        var text: String
        var isRedrawn = false

        var testDescription: String { output.debugDescription }
    }

    @Test(
        "Escape sequences are left out of a text, and every other character is kept",
        arguments: [
            Row(output: "pong 7f3a\n", text: "pong 7f3a\n"),
            Row(output: "", text: ""),
            // Colours: SGR, with one, several and no parameters.
            Row(output: "\u{1B}[32mpo\u{1B}[0m\u{1B}[1;34mng\u{1B}[m", text: "pong"),
            Row(output: "\u{1B}[38;2;1;2;3mp\u{1B}[38:2::1:2:3mong\u{1B}[39m", text: "pong"),
            Row(output: "\u{1B}(B\u{1B}[mpong", text: "pong"),
            Row(output: "\u{1B}[31mé漢👍🏽\u{1B}[0m", text: "é漢👍🏽"),
            Row(output: "\u{1B}[32mpong\u{1B}[0m\r\n", text: "pong\r\n"),
            // Modes: no cursor, another screen.
            Row(output: "\u{1B}[?25lpong\u{1B}[?25h", text: "pong"),
            // Titles and links, ended by BEL or by ESC \.
            Row(output: "\u{1B}]0;a title\u{7}pong", text: "pong"),
            Row(output: "\u{1B}]8;;http://host/\u{1B}\\pong\u{1B}]8;;\u{1B}\\", text: "pong"),
            Row(output: "\u{1B}P1$r0m\u{1B}\\pong", text: "pong"),
            // A control string without an end does not hide the output after it.
            Row(output: "\u{1B}]0;a title\npong", text: "0;a title\npong"),
            Row(output: "\u{1B}]0;a\u{1B}[32mpong", text: "0;apong"),
            // The output is cut off inside a sequence.
            Row(output: "pong\u{1B}", text: "pong"),
            Row(output: "pong\u{1B}[3", text: "pong"),
            Row(output: "pong\u{1B}(", text: "pong"),
            Row(output: "pong\u{1B}\n", text: "pong\n"),
            // The cursor moves, or a line is erased.
            Row(output: "po\u{1B}[2K\u{1B}[1Gpong", text: "popong", isRedrawn: true),
            Row(output: "po\u{1B}8pong", text: "popong", isRedrawn: true),
            Row(output: "po\rpong", text: "po\rpong", isRedrawn: true),
            Row(output: "po\u{8}\u{8}pong", text: "po\u{8}\u{8}pong", isRedrawn: true),
        ])
    func text(row: Row) {
        let read = PlainOutput(row.output)
        #expect(read.text.unicodeScalars.elementsEqual(row.text.unicodeScalars), "\(read.text.debugDescription)")
        #expect(read.isRedrawn == row.isRedrawn)
    }

    @Test("A program that colours its answer piece by piece shows it")
    func colours() throws {
        let colourful = Sight.of([.init(came: 0, left: 1)], output: "\u{1B}[32mpo\u{1B}[0m\u{1B}[32mng\u{1B}[0m\n")
        #expect(verdict("text", .init(text: "pong"), colourful) == .pass)
        #expect(verdict("not_shown.1", .init(notShown: ["pong"]), colourful) == .fail)
        let counted = Sight.of([], output: "tokens \u{1B}[33m12\u{1B}[0m")
        #expect(verdict("usage", .init(usage: 12), counted) == .pass)
        let line = "\u{1B}[1m{\"sparring\":1,\"ok\":true,\"text\":\"pong\"}\u{1B}[0m\n"
        #expect(try Outcome.printed(in: line)?.text == "pong")
    }

    @Test("A text that is printed twice in pieces fails, unless the program may have written over the first one")
    func twice() {
        let once = Expectation(atMostOnce: ["pong"])
        let twice = Sight.of([], output: "\u{1B}[32mpo\u{1B}[0mng\n\u{1B}[32mpo\u{1B}[0mng\n")
        #expect(verdict("at_most_once.1", once, twice) == .fail)
        let redrawn = Sight.of([], output: "pong\u{1B}[2K\rpong 7f3a\n")
        #expect(verdict("at_most_once.1", once, redrawn) == .unobserved)
        let moved = Sight.of([], output: "wait\u{1B}[2K\rpong 7f3a\n")
        #expect(verdict("at_most_once.1", once, moved) == .pass)
    }

    @Test("A key is found in coloured pieces and in the address of a link")
    func keys() {
        let pieces = Sight.of([], output: "sk-\u{1B}[31msparring-7f3a\u{1B}[0m")
        #expect(verdict("not_shown.1", .init(notShown: ["{{key}}"]), pieces) == .fail)
        let link = Sight.of([], output: "\u{1B}]8;;http://host/?key=sk-sparring-7f3a\u{7}here\u{1B}]8;;\u{7}")
        #expect(verdict("not_shown.1", .init(notShown: ["{{key}}"]), link) == .fail)
    }

    private func verdict(_ check: String, _ expectation: Expectation, _ seen: Observation) -> Verdict? {
        EvidenceTests.verdicts(expectation, seen)[check]
    }
}
