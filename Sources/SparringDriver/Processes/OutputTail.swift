import Dispatch
import Synchronization
import SystemPackage

/// The end of a program's output. All output is read at once, so that the program never waits for Sparring. Only the
/// end is kept, so that the output cannot fill the memory.
///
/// A blocking thread reads the output. A dispatch source would be wrong: on Linux, a source on a pipe whose writer
/// closes it sometimes crashes the process (libdispatch of Swift 6.3.1, in `_dispatch_event_loop_drain`).
final class OutputTail: Sendable {
    /// At least this many bytes are kept.
    static let capacity = 65_536

    /// The write end, for the program. The caller must close it after passing the write end to the program.
    let writeEnd: FileDescriptor
    /// The descriptor that gets a copy of all output; nil for no copy.
    private let destination: FileDescriptor?
    private let kept = Mutex(Kept())
    private let endOfFile: AsyncStream<Void>

    private struct Kept {
        var bytes: [UInt8] = []
        /// The number of all bytes read.
        var count = 0
    }

    /// - Parameter destination: the descriptor that gets a copy of all output. This descriptor is not closed.
    /// - Throws: `Errno` if no pipe can be created.
    init(copyingTo destination: FileDescriptor? = nil) throws {
        self.destination = destination
        let pipe = try Pipe.make()
        writeEnd = pipe.writeEnd
        let readEnd = pipe.readEnd
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
        endOfFile = stream
        DispatchQueue(label: "sparring.output").async {
            while self.read(readEnd) {}
            try? readEnd.close()
            continuation.finish()
        }
    }

    /// Waits until every writer has closed the pipe, but not longer than `patience`, because a process that is still
    /// running may keep it open. Returns the kept bytes.
    func text(patience: Duration) async -> String {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { [endOfFile] in for await _ in endOfFile {} }
            group.addTask { try? await Task.sleep(for: patience) }
            await group.next()
            group.cancelAll()
        }
        return text(since: 0)
    }

    /// The number of bytes read so far.
    var count: Int { kept.withLock(\.count) }

    /// The kept part of the output after that many bytes.
    func text(since mark: Int) -> String {
        kept.withLock { kept in
            String(decoding: kept.bytes.suffix(min(Self.capacity, max(0, kept.count - mark))), as: UTF8.self)
        }
    }

    /// - Returns: whether more output may come.
    private func read(_ end: FileDescriptor) -> Bool {
        let chunk = [UInt8](unsafeUninitializedCapacity: Self.capacity) { buffer, count in
            count = (try? end.read(into: UnsafeMutableRawBufferPointer(buffer))) ?? 0
        }
        guard !chunk.isEmpty else { return false }
        kept.withLock { kept in
            kept.bytes += chunk
            kept.count += chunk.count
            // The buffer is cut only at twice the capacity, so that the kept bytes are rarely moved.
            if kept.bytes.count > 2 * Self.capacity { kept.bytes.removeFirst(kept.bytes.count - Self.capacity) }
        }
        // If the copy no longer has a reader, the program gets SIGPIPE or an error, as if it ran without Sparring.
        do { _ = try destination?.writeAll(chunk) } catch { return false }
        return true
    }
}
