import SparringAPI
import SparringJSON
import SparringScenario

extension MockScenario {
    /// The condition of a rule. Conditions combine with `&&`, `||` and `!`.
    ///
    ///     .model(.glob("gpt-4o*")) && .streams() && !.offersTool("get_weather")
    public struct Condition: Sendable {
        let condition: SparringScenario.Condition
        let mistakes: [String]

        private init(_ condition: SparringScenario.Condition, mistakes: [String] = []) {
            self.condition = condition
            self.mistakes = mistakes
        }

        private static func field(_ field: Field, _ match: Match) -> Condition {
            Condition(.field(field, match.match), mistakes: match.mistakes)
        }

        // MARK: The request

        /// The operation that the client calls.
        public static func endpoint(_ endpoint: Endpoint) -> Condition {
            Condition(.field(.endpoint, .equals(.string(endpoint.canonical))), mistakes: endpoint.mistakes)
        }

        /// The model in the request, without a session's suffix.
        public static func model(_ match: Match) -> Condition { field(.model, match) }

        /// A header field. The name of a header field is case-insensitive.
        public static func header(_ name: String, _ match: Match) -> Condition { field(.header(name), match) }

        /// The text of the last user message.
        public static func lastUser(_ match: Match) -> Condition { field(.lastUser, match) }

        /// The text of the system and developer messages, or the `instructions` of a response.
        public static func system(_ match: Match) -> Condition { field(.system, match) }

        /// The name of a tool that the request offers; any of them may match.
        public static func offersTool(_ match: Match) -> Condition { field(.offersTool, match) }

        /// The text of a tool result after the last assistant message; any of them may match.
        public static func toolResult(_ match: Match) -> Condition { field(.toolResult, match) }

        /// A value of the body.
        ///
        /// - Parameters:
        ///   - path: a path such as `$.messages[0].content`. A text that is not such a path is a mistake in the scenario.
        ///   - match: the condition for the value.
        public static func path(_ path: String, _ match: Match) -> Condition {
            guard let parsed = JSONPath(path) else {
                let mistake = "'\(path)' is not a path; paths look like $.messages[0].content"
                return Condition(.all([]), mistakes: [mistake] + match.mistakes)
            }
            return field(.path(parsed), match)
        }

        /// Whether the request asks for a stream.
        public static func streams(_ isStream: Bool = true) -> Condition {
            Condition(.field(.stream, .equals(.bool(isStream))))
        }

        /// The turn of the conversation: 1 + the assistant messages in the request.
        public static func turn(_ number: Int) -> Condition { Condition(.field(.turn, .equals(.int(number)))) }

        // MARK: Earlier calls

        /// The number of the attempt: 1 + the number of earlier equal requests (method, path, body) of the session.
        public static func attempt(_ range: ClosedRange<Int>) -> Condition { Condition(.attempt(range)) }

        /// The number, from 1, of the call among the session's calls for which the rest of the rule's condition is
        /// true.
        public static func nth(_ range: ClosedRange<Int>) -> Condition { Condition(.nth(range)) }

        /// True with a probability from 0 to 1, drawn from the session's seed.
        public static func chance(_ probability: Double) -> Condition {
            let isValid = (0...1).contains(probability)
            return Condition(
                .chance(probability), mistakes: isValid ? [] : ["chance must be from 0 to 1, not \(probability)"])
        }

        // MARK: Combinations

        /// True if all of the conditions are true.
        public static func all(_ conditions: [Condition]) -> Condition {
            Condition(.all(conditions.map(\.condition)), mistakes: conditions.flatMap(\.mistakes))
        }

        /// True if any of the conditions is true.
        public static func any(_ conditions: [Condition]) -> Condition {
            Condition(.any(conditions.map(\.condition)), mistakes: conditions.flatMap(\.mistakes))
        }

        /// True if both conditions are true.
        public static func && (a: Condition, b: Condition) -> Condition { .all([a, b]) }

        /// True if at least one of the two conditions is true.
        public static func || (a: Condition, b: Condition) -> Condition { .any([a, b]) }

        /// True if the condition is false.
        public static prefix func ! (condition: Condition) -> Condition {
            Condition(.not(condition.condition), mistakes: condition.mistakes)
        }
    }
}
