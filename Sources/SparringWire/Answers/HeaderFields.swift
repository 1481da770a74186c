/// Header fields in their order and spelling on the wire. Names are case-insensitive (RFC 9110 §5.1).
package struct HeaderFields: Sendable, Hashable {
    package struct Field: Sendable, Hashable {
        package var name: String
        package var value: String

        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    package var fields: [Field]

    package init(_ fields: [Field] = []) { self.fields = fields }

    /// The first field of that name. Setting a value replaces all fields of that name, at the place of the first; nil removes them.
    package subscript(name: String) -> String? {
        get { index(of: name).map { fields[$0].value } }
        set {
            guard let newValue else { return fields.removeAll { Self.same($0.name, name) } }
            guard let index = index(of: name) else {
                return fields.append(Field(name, newValue))
            }
            fields[index].value = newValue
            let tail = index + 1
            fields[tail...].removeAll { Self.same($0.name, name) }
        }
    }

    package mutating func append(_ name: String, _ value: String) { fields.append(Field(name, value)) }

    package func contains(_ name: String) -> Bool { index(of: name) != nil }

    /// Compares lengths first, which avoids nearly all text comparisons.
    private func index(of name: String) -> Int? {
        let length = name.utf8.count
        for index in fields.indices where fields[index].name.utf8.count == length {
            if Self.same(fields[index].name, name) { return index }
        }
        return nil
    }

    /// Compares names without regard to the case of ASCII letters; field names contain no other letters.
    static func same(_ a: String, _ b: String) -> Bool {
        let isSame = a.utf8.withContiguousStorageIfAvailable { a in
            b.utf8.withContiguousStorageIfAvailable { b in
                a.count == b.count && a.indices.allSatisfy { lowered(a[$0]) == lowered(b[$0]) }
            }
        }
        return isSame.flatMap(\.self) ?? a.utf8.elementsEqual(b.utf8) { lowered($0) == lowered($1) }
    }

    private static func lowered(_ byte: UInt8) -> UInt8 { byte &- 0x41 < 26 ? byte | 0x20 : byte }
}

extension HeaderFields: ExpressibleByDictionaryLiteral {
    package init(dictionaryLiteral elements: (String, String)...) { fields = elements.map { Field($0, $1) } }
}

extension HeaderFields {
    /// The members of a comma-separated field (RFC 9110 §5.6.1), from all fields of that name, in lowercase.
    package func list(_ name: String) -> [String] {
        fields.filter { Self.same($0.name, name) }.flatMap { field in
            field.value.split(separator: ",").map { member in
                var member = member.drop { $0 == " " || $0 == "\t" }
                while let last = member.last, last == " " || last == "\t" { member.removeLast() }
                return member.lowercased()
            }
        }.filter { !$0.isEmpty }
    }
}
