import SparringWire
import Synchronization

/// The body of a request's last answer, which is reused for an answer with the same content. The two bodies then differ only in the id and
/// the time, which are overwritten.
///
/// Each checked request has its own prepared body. Counting the tokens of a text and writing the JSON around it takes ten times as long as
/// a copy.
struct PreparedBody: ~Copyable, Sendable {
    /// The values that determine a body, apart from the request, the id and the time.
    struct Key: Sendable, Hashable {
        var text: String
        var cache: CacheablePrompt.Use
    }

    struct Copy: Sendable {
        fileprivate var key: Key
        fileprivate var bytes: [UInt8]
        fileprivate var id: Range<Int>
        fileprivate var created: Range<Int>
        let usage: Usage

        /// - Parameters:
        ///   - id: the place of the id in the body.
        ///   - created: the place of the time in the body.
        init(_ bytes: [UInt8], of key: Key, id: Range<Int>, created: Range<Int>, usage: Usage) {
            self.bytes = bytes
            self.key = key
            self.id = id
            self.created = created
            self.usage = usage
        }

        /// The body with another id of the same length, and another time.
        func body(id newID: String, created time: Int) -> [UInt8] {
            var body = bytes
            body.withUnsafeMutableBufferPointer { body in
                _ = UnsafeMutableBufferPointer(rebasing: body[id]).update(fromContentsOf: newID.utf8)
                var rest = time
                for place in created.reversed() {
                    body[place] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
                    rest /= 10
                }
            }
            return body
        }
    }

    // This type is not private: Swift 6.3 writes a broken module for a private type in a mutex of a noncopyable type.
    enum State: Sendable {
        case unused
        /// One answer was made, and its body was not kept: most requests have only one answer.
        case usedOnce
        case ready(Copy)
    }

    private let state = Mutex(State.unused)

    /// Unix seconds of ten digits: the years 2001 to 2286.
    private static let times = 1_000_000_000..<10_000_000_000

    /// A copy of the last body, if that body fits; nil if a new body has to be written.
    func copy(for key: Key, created: Int) -> Copy? {
        guard Self.times.contains(created), case .ready(let copy) = state.withLock({ $0 }), copy.key == key else {
            return nil
        }
        return copy
    }

    /// Keeps a body, unless it is the first body of its request.
    func keep(_ copy: @autoclosure () -> Copy, created: Int) {
        guard Self.times.contains(created) else { return }
        let isFirst = state.withLock { state in
            guard case .unused = state else { return false }
            state = .usedOnce
            return true
        }
        guard !isFirst else { return }
        let copy = copy()
        state.withLock { $0 = .ready(copy) }
    }
}
