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
    private let kept = Mutex<[UInt8]>([])
    private let endOfFile: AsyncStream<Void>

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
        return String(decoding: kept.withLock { $0.suffix(Self.capacity) }, as: UTF8.self)
    }

    /// - Returns: whether there may be more.
    private func read(_ end: FileDescriptor) -> Bool {
        let chunk = [UInt8](unsafeUninitializedCapacity: Self.capacity) { buffer, count in
            count = (try? end.read(into: UnsafeMutableRawBufferPointer(buffer))) ?? 0
        }
        guard !chunk.isEmpty else { return false }
        kept.withLock { bytes in
            bytes += chunk
            // Twice the capacity, so that most chunks are not followed by a move.
            if bytes.count > 2 * Self.capacity { bytes.removeFirst(bytes.count - Self.capacity) }
        }
        return true
    }
}
