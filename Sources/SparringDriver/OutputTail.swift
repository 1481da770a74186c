import Dispatch
import Synchronization
import SystemPackage

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The end of what a program writes. Everything is read, as fast as it comes, so that no program waits for us; only so much is
/// kept, so that none fills our memory.
final class OutputTail {
    /// Bytes kept, at least.
    static let capacity = 65_536

    /// What the program gets. Whoever hands it on has to close it.
    let writeEnd: FileDescriptor
    private let source: any DispatchSourceRead
    private let kept: Kept
    private let endOfFile: AsyncStream<Void>

    private final class Kept: Sendable {
        let bytes = Mutex<[UInt8]>([])
    }

    /// - Throws: `Errno`, where no pipe is to be had.
    init() throws {
        let pipe = try FileDescriptor.pipe()
        // The program that runs beside this one must not hold our pipe open.
        for end in [pipe.readEnd, pipe.writeEnd] { _ = fcntl(end.rawValue, F_SETFD, FD_CLOEXEC) }
        writeEnd = pipe.writeEnd
        let (readEnd, kept) = (pipe.readEnd, Kept())
        self.kept = kept
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
        endOfFile = stream
        let source = DispatchSource.makeReadSource(
            fileDescriptor: readEnd.rawValue, queue: DispatchQueue(label: "sparring.output"))
        self.source = source
        source.setEventHandler {
            let isOpen = Self.read(readEnd, into: kept)
            if !isOpen { source.cancel() }
        }
        source.setCancelHandler {
            try? readEnd.close()
            continuation.finish()
        }
        source.resume()
    }

    deinit { source.cancel() }

    /// What was kept, once every writer is gone, or after `patience`: a process that outlived its group may hold the pipe open.
    func text(patience: Duration) async -> String {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { [endOfFile] in for await _ in endOfFile {} }
            group.addTask { try? await Task.sleep(for: patience) }
            await group.next()
            group.cancelAll()
        }
        source.cancel()
        let bytes = kept.bytes.withLock { $0.suffix(Self.capacity) }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func read(_ end: FileDescriptor, into kept: Kept) -> Bool {
        let chunk = [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
            count = (try? end.read(into: UnsafeMutableRawBufferPointer(buffer))) ?? 0
        }
        guard !chunk.isEmpty else { return false }
        kept.bytes.withLock { bytes in
            bytes += chunk
            // Twice the capacity, so that most chunks are not followed by a move.
            if bytes.count > 2 * capacity { bytes.removeFirst(bytes.count - capacity) }
        }
        return true
    }
}
