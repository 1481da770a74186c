import Dispatch
import Synchronization
import SystemPackage

/// The end of what a program writes. Everything is read, as fast as it comes, so that no program waits for us; only so much is
/// kept, so that none fills our memory.
///
/// A thread that blocks, not a dispatch source: on Linux a source on a pipe whose writer goes away brings the process down now and
/// then (libdispatch of Swift 6.3.1, in `_dispatch_event_loop_drain`).
final class OutputTail: Sendable {
    /// Bytes kept, at least.
    static let capacity = 65_536

    /// What the program gets. Whoever hands it on has to close it.
    let writeEnd: FileDescriptor
    private let kept = Mutex(Kept())
    private let endOfFile: AsyncStream<Void>

    private struct Kept {
        var bytes: [UInt8] = []
        /// Of all that was read.
        var count = 0
    }

    /// - Throws: `Errno`, where no pipe is to be had.
    init() throws {
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

    /// What was kept, once every writer is gone, or after `patience`: a process that outlived its group may hold the pipe open.
    func text(patience: Duration) async -> String {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { [endOfFile] in for await _ in endOfFile {} }
            group.addTask { try? await Task.sleep(for: patience) }
            await group.next()
            group.cancelAll()
        }
        return text(since: 0)
    }

    /// Bytes read so far.
    var count: Int { kept.withLock(\.count) }

    /// What was kept of what came after that many bytes.
    func text(since mark: Int) -> String {
        kept.withLock { kept in
            String(decoding: kept.bytes.suffix(min(Self.capacity, max(0, kept.count - mark))), as: UTF8.self)
        }
    }

    /// - Returns: whether there may be more.
    private func read(_ end: FileDescriptor) -> Bool {
        let chunk = [UInt8](unsafeUninitializedCapacity: Self.capacity) { buffer, count in
            count = (try? end.read(into: UnsafeMutableRawBufferPointer(buffer))) ?? 0
        }
        guard !chunk.isEmpty else { return false }
        kept.withLock { kept in
            kept.bytes += chunk
            kept.count += chunk.count
            // Twice the capacity, so that most chunks are not followed by a move.
            if kept.bytes.count > 2 * Self.capacity { kept.bytes.removeFirst(kept.bytes.count - Self.capacity) }
        }
        return true
    }
}
