import Dispatch
import SystemPackage

/// What a driver writes on standard output, line by line.
///
/// A thread that blocks, as in `OutputTail`. It hands on what is complete; a line that grows beyond `longest` is none.
struct OutputLines: Sendable {
    enum Piece: Sendable, Hashable {
        case line([UInt8])
        /// The bytes that the line has already, which nobody will read.
        case tooLong(Int)
    }

    /// Bytes of a line. An outcome repeats an answer at most.
    static let longest = 4 << 20
    /// Lines that may wait for us: drivers answer what they are asked.
    private static let waiting = 4096

    /// What the driver gets. Whoever hands it on has to close it.
    let writeEnd: FileDescriptor
    /// Ends with the last writer.
    let pieces: AsyncStream<Piece>

    /// - Throws: `Errno`, where no pipe is to be had.
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

    /// - Returns: nil at the end.
    private static func read(_ end: FileDescriptor) -> [UInt8]? {
        let chunk = [UInt8](unsafeUninitializedCapacity: 65_536) { buffer, count in
            count = (try? end.read(into: UnsafeMutableRawBufferPointer(buffer))) ?? 0
        }
        return chunk.isEmpty ? nil : chunk
    }

    /// - Returns: whether reading goes on.
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
