import SparringJSON

/// The parameters of an endpoint in the order in which the API looks at them; that of the body plays no role.
struct ParameterTable: Sendable {
    /// Every name that a body may have.
    let names: [String]
    private let rows: [Parameter]
    private let row: [String: Int]
    private let others: [String]

    /// - Parameter others: names that are known and checked elsewhere.
    init(besides others: [String], _ rows: [Parameter]) {
        names = others + rows.map(\.name)
        self.rows = rows
        self.others = others
        row = Dictionary(uniqueKeysWithValues: rows.enumerated().map { ($1.name, $0) })
    }

    /// The parameters that a body has, in the table's order. A null member counts as one that was left out.
    func given(in object: JSONObject) -> [(parameter: Parameter, value: JSONValue)] {
        // A body has few members and a table many rows: the members are looked up, not the rows.
        let given = object.members.compactMap { row[$0.name] }.sorted()
        return given.compactMap { row in object[rows[row].name]?.unlessNull.map { (rows[row], $0) } }
    }

    /// Complains about the first member that is no parameter, naming what may have been meant.
    /// - Parameter refused: names of the table that the model does not know.
    func checkNames(of object: JSONObject, refused: [String] = []) throws(APIError) {
        let unknown = object.members.first { member in
            row[member.name] == nil ? !others.contains(member.name) : refused.contains(member.name)
        }
        guard let unknown = unknown?.name else { return }
        // A distance is at least the difference in length, and computing one for a megabyte of name would take a while.
        let near = names.filter {
            abs($0.utf8.count - unknown.utf8.count) <= 2 && object[$0] == nil && !refused.contains($0)
        }
        throw .unknownParameter(unknown, known: near)
    }
}
