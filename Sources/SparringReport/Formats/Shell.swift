/// Quotes a command for a POSIX shell.
package enum Shell {
    package static func line(_ command: [String]) -> String { command.map(quote).joined(separator: " ") }

    private static func quote(_ argument: String) -> String {
        let plain = argument.utf8.allSatisfy { byte in
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) || "-_./:=@%+,".utf8.contains(byte)
        }
        return plain && !argument.isEmpty ? argument : "'" + argument.replacing("'", with: #"'\''"#) + "'"
    }
}
