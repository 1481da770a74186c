/// The text of a program's output without the escape sequences of terminals (ECMA-48). Such sequences colour words, name links and move the
/// cursor.
struct PlainOutput {
    let text: String
    /// Whether the output moves the cursor back or erases. The program may then write a text again in the place of the
    /// earlier one, as a progress display does.
    let isRedrawn: Bool

    init(_ output: String) {
        let bytes = Array(output.utf8)
        guard bytes.contains(where: Self.controls.contains) else {
            text = output
            isRedrawn = false
            return
        }
        var kept: [UInt8] = []
        var redraws = false
        var place = 0
        while place < bytes.count {
            if bytes[place] == Self.escape {
                let sequence = Self.sequence(bytes[place...])
                redraws = redraws || sequence.redraws
                place = sequence.end
                continue
            }
            redraws = redraws || Self.movesBack(bytes[place...])
            kept.append(bytes[place])
            place += 1
        }
        text = String(decoding: kept, as: UTF8.self)
        isRedrawn = redraws
    }

    private static let escape: UInt8 = 0x1B
    private static let carriageReturn: UInt8 = 0x0D
    private static let backspace: UInt8 = 0x08
    private static let bell: UInt8 = 0x07
    private static let controls: Set<UInt8> = [escape, carriageReturn, backspace]

    /// Whether the first byte moves the cursor back: a backspace, or a carriage return that does not end a line.
    private static func movesBack(_ bytes: ArraySlice<UInt8>) -> Bool {
        bytes.first == backspace || bytes.first == carriageReturn && bytes.dropFirst().first.map { $0 != 0x0A } == true
    }

    /// The end of the escape sequence with which the bytes begin, and whether it moves the cursor or erases.
    private static func sequence(_ bytes: ArraySlice<UInt8>) -> (end: Int, redraws: Bool) {
        let next = bytes.startIndex + 1
        guard next < bytes.endIndex else { return (next, false) }
        switch bytes[next] {
        case UInt8(ascii: "["):
            let final = bytes[(next + 1)...].firstIndex { !(0x20...0x3F).contains($0) } ?? bytes.endIndex
            guard final < bytes.endIndex, (0x40...0x7E).contains(bytes[final]) else { return (final, false) }
            return (final + 1, !isStyle(bytes[final]))
        case UInt8(ascii: "]"), UInt8(ascii: "P"), UInt8(ascii: "X"), UInt8(ascii: "^"), UInt8(ascii: "_"):
            // Only the introducer of a string without an end is left out, so that it does not hide the output after it.
            return (endOfString(bytes[(next + 1)...]) ?? next + 1, false)
        case 0x20...0x2F:
            let final = bytes[next...].firstIndex { !(0x20...0x2F).contains($0) } ?? bytes.endIndex
            return (min(final + 1, bytes.endIndex), false)
        case 0x30...0x7E:
            // ESC 8 and ESC M move the cursor.
            return (next + 1, bytes[next] == UInt8(ascii: "8") || bytes[next] == UInt8(ascii: "M"))
        default: return (next, false)
        }
    }

    /// Whether a control sequence with this final byte changes only colours or a mode of the terminal.
    private static func isStyle(_ final: UInt8) -> Bool {
        final == UInt8(ascii: "m") || final == UInt8(ascii: "h") || final == UInt8(ascii: "l")
    }

    /// The end of a control string, such as a title or the address of a link: BEL or ESC \. Nil if the line ends before the control string.
    private static func endOfString(_ bytes: ArraySlice<UInt8>) -> Int? {
        guard let end = bytes.firstIndex(where: { $0 == bell || $0 == escape || $0 == 0x0A }) else { return nil }
        if bytes[end] == bell { return end + 1 }
        guard bytes[end] == escape, end + 1 < bytes.endIndex, bytes[end + 1] == UInt8(ascii: "\\") else { return nil }
        return end + 2
    }
}
