import SparringJSON
import SparringScenario

extension MockScenario {
    /// How a value of a request is compared. A literal means equality: `.model("gpt-4o-mini")`.
    public struct Match: Sendable, ExpressibleByStringLiteral {
        let match: SparringScenario.Match
        let mistakes: [String]

        private init(_ match: SparringScenario.Match, mistakes: [String] = []) {
            self.match = match
            self.mistakes = mistakes
        }

        /// Equal to this text.
        public init(stringLiteral text: String) { self.init(.equals(.string(text))) }

        /// Equal to this value. The order of members and the spelling of numbers do not matter.
        public static func equals(_ value: MockJSON) -> Match { Match(.equals(value.value)) }

        /// A string that contains this text.
        public static func contains(_ text: String) -> Match { Match(.contains(text)) }

        /// A string that matches a pattern, in which `*` stands for any text and `?` for one character.
        public static func glob(_ pattern: String) -> Match { Match(.glob(pattern)) }

        /// A string in which a regular expression matches at some place. `(?i)` at its start ignores the case of ASCII
        /// letters.
        ///
        /// Named groups fill the placeholders of ``Step/template(_:)``. Back-references and look-around are not
        /// supported, so that matching takes linear time.
        public static func regex(_ pattern: String) -> Match {
            do throws(PatternError) {
                return Match(.regex(try Pattern(pattern)))
            } catch {
                let mistake = "regex '\(pattern)': \(error.reason), at character \(error.position + 1)"
                return Match(.exists(true), mistakes: [mistake])
            }
        }

        /// Equal to one of these values.
        public static func oneOf(_ values: [MockJSON]) -> Match { Match(.oneOf(values.map(\.value))) }

        /// True if the request has the value; false if the request does not have it.
        public static func exists(_ isPresent: Bool = true) -> Match { Match(.exists(isPresent)) }
    }
}
