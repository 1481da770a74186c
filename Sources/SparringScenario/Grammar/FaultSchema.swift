import SparringAPI
package import SparringJSON
import SparringWire

/// Generates `scenarios/schema/fault-v1.json` from the fault table. Editors complete faults from that schema.
package enum FaultSchema {
    package static let json: JSONValue = [
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "fault-v1.json",
        "title": "Sparring fault, version 1",
        "description": "Written by `make faults`. `sparring faults` explains each one.",
        "oneOf": [
            [
                "type": "string", "description": "NAME ARGUMENT at POINT",
                "pattern": .string(
                    "^(\((FaultTable.requests + FaultTable.answers).map(short).joined(separator: "|")))( at \(point))?$"
                ),
            ],
            [
                "type": "object", "additionalProperties": false,
                "properties": [
                    "at": ["type": "string", "pattern": .string("^\(point)$")],
                    "do": effect(FaultTable.requests + FaultTable.actions), "end": effect(FaultTable.endings),
                ],
                "oneOf": [["required": ["do"]], ["required": ["end"]]],
            ],
        ],
        "$defs": [
            "connection": [
                "title": "A fault of a listener", "type": "string",
                "pattern": .string("^(\(FaultTable.connections.map(short).joined(separator: "|")))$"),
            ]
        ],
    ]

    private static let point =
        "(start|request head|head|head byte [0-9]+|first_content|done|end|before_headers|before_content|after_content"
        + "|(event|content) [0-9]+( \\+ [0-9]+ bytes?)?|(byte|token) [0-9]+|elapsed [0-9.]+(ms|s|m|h))"

    private static func effect(_ kinds: [FaultKind]) -> JSONValue {
        ["anyOf": .array(kinds.flatMap { [text($0), object($0)] })]
    }

    private static func text(_ kind: FaultKind) -> JSONValue {
        [
            "type": "string", "description": .string(kind.help), "pattern": .string("^\(short(kind))$"),
            "examples": [.string(kind.name)],
        ]
    }

    /// `{ NAME: ARGUMENT }` and `{ NAME: { PARAMETER: ARGUMENT } }`.
    private static func object(_ kind: FaultKind) -> JSONValue {
        let parameters = JSONObject(
            kind.parameters.map { JSONObject.Member($0.name.rawValue, ["description": .string($0.kind.words)]) })
        let isError = kind.parameters.contains { $0.kind == .inBandError }
        let errorKeys = JSONObject(
            ["type", "code", "message", "param"].map { JSONObject.Member($0, ["type": "string"]) })
        let named = JSONObject(parameters.members + (isError ? errorKeys.members : []))
        let value: JSONValue = [
            "description": .string(kind.help),
            "anyOf": [
                ["type": .strings(["string", "number", "null", "boolean"])],
                ["type": "object", "additionalProperties": false, "properties": .object(named)],
            ],
        ]
        return [
            "type": "object", "required": .strings([kind.name]), "additionalProperties": false,
            "properties": .object(JSONObject([JSONObject.Member(kind.name, value)])),
        ]
    }

    /// The pattern for the short form: the fault's name and its arguments.
    private static func short(_ kind: FaultKind) -> String {
        kind.name + kind.parameters.reversed().reduce("") { "( \($1.kind.pattern)\($0))?" }
    }
}

extension FaultParameter.Kind {
    fileprivate var pattern: String {
        switch self {
        case .count: "[0-9]+"
        case .duration: "[0-9.]+(ms|s|m|h)"
        case .size: "[0-9]+(KB|MB)?"
        case .rate: "[0-9]+/s"
        case .text: ".+"
        case .choice(let names): "(\(names.map { $0.replacing("+", with: "\\+") }.joined(separator: "|")))"
        case .inBandError: "[a-z_]+"
        }
    }
}
