import Dispatch
import SystemPackage

/// The lines of a driver's standard output.
///
/// A blocking thread reads them, for the reason that is described at `OutputTail`. A line longer than `longest` is an error.
struct OutputLines: Sendable {
    enum Piece: Sendable, Hashable {
        case line([UInt8])
        /// A line that is too long, with the number of its bytes so far.
        case tooLong(Int)
    }

    /// The maximum number of bytes in a line. An outcome is not longer than an answer.
    static let longest = 4 << 20
    /// The maximum number of unread lines. A driver writes only replies, so few lines are unread.
    private static let waiting = 4096

    /// The write end, for the driver. The caller must close it after passing the write end to the driver.
    let writeEnd: FileDescriptor
    /// The lines. The stream ends when the last writer closes the pipe.
    let pieces: AsyncStream<Piece>

    /// - Throws: `Errno` if no pipe can be created.
    init() throws {
        let pipe = try Pipe.make()
        writeEnd = pipe.writeEnd
        let readEnd = pipe.readEnd
        let (pieces, continuation) = AsyncStream.makeStream(
            of: Piece.self, bufferingPolicy: .bufferingOldest(Self.waiting))
        self.pieces = pieces
        DispatchQueue(label: "sparring.lines").async {
            var rest: [UInt8] = []
            while let chunk = Self.read(readEnd), Self.cut(chunk, after: &rest, continuation) {}
            try? readEnd.close()
            continuation.finish()
        }
    }

    /// - Returns: nil at the end of the output.
    private static func read(_ end: FileDescriptor) -> [UInt8]? {
        let chunk = [UInt8](unsafeUninitializedCapacity: 65_536) { buffer, count in
            count = (try? end.read(into: UnsafeMutableRawBufferPointer(buffer))) ?? 0
        }
        return chunk.isEmpty ? nil : chunk
    }

    /// - Returns: whether to continue reading.
    private static func cut(
        _ chunk: [UInt8], after rest: inout [UInt8], _ continuation: AsyncStream<Piece>.Continuation
    ) -> Bool {
        var lines = chunk.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        let last = lines.removeLast()
        for line in lines {
            rest += line
            if case .dropped = continuation.yield(.line(rest)) { return false }
            rest.removeAll(keepingCapacity: true)
        }
        rest += last
        if rest.count > longest {
            continuation.yield(.tooLong(rest.count))
            return false
        }
        return true
    }
}
