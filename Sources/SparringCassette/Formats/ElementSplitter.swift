/// Finds the elements of one array in a JSON document that arrives in pieces. A document of any size needs only the memory of one element.
/// The array is the value of the first member with the given name whose value is an array.
package struct ElementSplitter: Sendable {
    private let name: [UInt8]
    private var isInside = false
    /// Whether the array has ended.
    package private(set) var isOver = false
    private var isString = false
    private var isEscaped = false
    /// The depth of nesting inside the array.
    private var depth = 0
    private var element: [UInt8] = []
    /// The last string before the array, and whether a colon follows the string.
    private var text: [UInt8] = []
    private var isName = false

    package init(member name: String) { self.name = Array(name.utf8) }

    /// Whether the array has been found.
    package var hasFound: Bool { isInside || isOver }

    package mutating func take(_ bytes: some Sequence<UInt8>, _ body: ([UInt8]) throws -> Void) rethrows {
        for byte in bytes where !isOver {
            if isInside { try inside(byte, body) } else { seek(byte) }
        }
    }

    private mutating func seek(_ byte: UInt8) {
        if isString {
            if !isEscaped, byte == UInt8(ascii: "\"") {
                isString = false
            } else {
                isEscaped = !isEscaped && byte == UInt8(ascii: "\\")
                if text.count <= name.count { text.append(byte) }
            }
            return
        }
        switch byte {
        case UInt8(ascii: "\""): (isString, isEscaped, isName, text) = (true, false, false, [])
        case UInt8(ascii: ":"): isName = text == name
        case UInt8(ascii: "[") where isName: isInside = true
        case 0x20, 0x09, 0x0A, 0x0D: break
        default: isName = false
        }
    }

    private mutating func inside(_ byte: UInt8, _ body: ([UInt8]) throws -> Void) rethrows {
        if isString {
            element.append(byte)
            if !isEscaped, byte == UInt8(ascii: "\"") { isString = false }
            isEscaped = !isEscaped && byte == UInt8(ascii: "\\")
            return
        }
        switch byte {
        case UInt8(ascii: "]") where depth == 0:
            (isInside, isOver) = (false, true)
            return
        case UInt8(ascii: ",") where depth == 0: return
        case 0x20, 0x09, 0x0A, 0x0D: return
        case UInt8(ascii: "\""): (isString, isEscaped) = (true, false)
        case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
        case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
        default: break
        }
        element.append(byte)
        guard depth == 0, byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]") else { return }
        let whole = element
        element.removeAll(keepingCapacity: true)
        try body(whole)
    }
}
