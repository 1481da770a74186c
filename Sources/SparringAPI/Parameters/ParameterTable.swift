import SparringJSON

/// The parameters of an endpoint, in the order in which the API checks them. The order of the parameters in the body does not matter.
struct ParameterTable: Sendable {
    /// All names that a body may contain.
    let names: [String]
    private let rows: [Parameter]
    private let row: [String: Int]
    private let others: [String]

    /// - Parameter others: further names, which other code checks.
    init(besides others: [String], _ rows: [Parameter]) {
        names = others + rows.map(\.name)
        self.rows = rows
        self.others = others
        row = Dictionary(uniqueKeysWithValues: rows.enumerated().map { ($1.name, $0) })
    }

    /// The parameters in a body, in the table's order. A null member counts as missing.
    func given(in object: JSONObject) -> [(parameter: Parameter, value: JSONValue)] {
        // Looks up the members of the body, which are few, not the rows of the table.
        let given = object.members.compactMap { row[$0.name] }.sorted()
        return given.compactMap { row in object[rows[row].name]?.unlessNull.map { (rows[row], $0) } }
    }

    /// Throws an error for the first member that is not a parameter, with a suggestion.
    /// - Parameter refused: names of the table that the model does not support.
    func checkNames(of object: JSONObject, refused: [String] = []) throws(APIError) {
        let unknown = object.members.first { member in
            row[member.name] == nil ? !others.contains(member.name) : refused.contains(member.name)
        }
        guard let unknown = unknown?.name else { return }
        // Comparing lengths first avoids computing the distance of very long names, which takes time.
        let near = names.filter {
            abs($0.utf8.count - unknown.utf8.count) <= 2 && object[$0] == nil && !refused.contains($0)
        }
        throw .unknownParameter(unknown, known: near)
    }
}
