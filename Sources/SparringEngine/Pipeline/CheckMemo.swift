import SparringAPI
import SparringJSON
import Synchronization

/// Remembers the results of the checks of calls. A program under test sends the same body again and again, and parsing,
/// checking and counting it takes longer than all later work.
///
/// No client can observe this memory. A result depends only on the values by which it is looked up: the operation, every byte of
/// the body, the scenario with its models, the validation, and the day, because a scenario may shut a model down on
/// that day. All other values (headers, caller, session, counters, draws, ids) are read and decided anew for each call.
final class CheckMemo: Sendable {
    /// A body and the result of its checks. An immutable class, so that a look-up changes one reference count.
    final class Finding: Sendable {
        let endpoint: Endpoint
        let bytes: [UInt8]
        /// The scenario and the models of the check.
        let world: ScenarioContext
        let validation: Validation
        /// The day of the check, in days since 1970.
        let day: Int
        /// The model that the body names; nil if it names none.
        let model: ModelAddress?
        /// The body, without a session's name in the model.
        let body: JSONValue
        let call: any CheckedCall
        /// The family of the call's model, which selects the limits.
        let family: String
        let warning: String?

        init(
            _ call: any CheckedCall, at endpoint: Endpoint, bytes: [UInt8], body: JSONValue, model: ModelAddress?,
            world: ScenarioContext, validation: Validation, day: Int, warning: String?
        ) {
            self.call = call
            self.endpoint = endpoint
            self.bytes = bytes
            self.body = body
            self.model = model
            self.world = world
            self.validation = validation
            self.day = day
            self.warning = warning
            family = call.model.family
        }
    }

    private struct Slot {
        var finding: Finding?
        /// The fingerprint of the last request whose result was not found here.
        var missed: UInt64 = 0
    }

    /// The longest body to remember, in bytes. Together with the number of slots, it limits the memory to half a
    /// megabyte of bodies and a few times as much for their parsed form.
    static let longest = 8192
    /// The maximum number of results. A new result replaces an older one.
    static let limit = 64

    private let slots = Mutex(Array(repeating: Slot(), count: limit))

    /// True if the check of such a call depends only on its body and the session's models.
    static func covers(_ endpoint: Endpoint) -> Bool {
        switch endpoint {
        case .chatCompletions, .completions, .embeddings, .moderations: true
        default: false
        }
    }

    /// The result of an earlier check of this body in any scenario; nil if there was none.
    ///
    /// - Parameter fingerprint: the request's fingerprint. The fingerprint only selects the slot; then the bytes are compared.
    func finding(_ endpoint: Endpoint, _ bytes: [UInt8], fingerprint: UInt64) -> Finding? {
        guard bytes.count <= Self.longest, let found = slots.withLock({ $0[Self.slot(fingerprint)].finding }),
            found.endpoint == endpoint, Self.areEqual(found.bytes, bytes)
        else { return nil }
        return found
    }

    /// Stores a result only when its request arrives for the second time. Therefore a client whose bodies all differ does
    /// not replace any result.
    func remember(_ finding: Finding, fingerprint: UInt64) {
        guard finding.bytes.count <= Self.longest else { return }
        var displaced: Finding? = finding
        slots.withLock { slots in
            let slot = Self.slot(fingerprint)
            if slots[slot].missed == fingerprint {
                swap(&slots[slot].finding, &displaced)
            } else {
                slots[slot].missed = fingerprint
            }
        }
        // A replaced result is freed here, outside the lock.
        _ = consume displaced
    }

    private static func slot(_ fingerprint: UInt64) -> Int { Int(fingerprint % UInt64(limit)) }

    /// Compares eight bytes at a time: `==` compares one at a time.
    private static func areEqual(_ one: [UInt8], _ other: [UInt8]) -> Bool {
        guard one.count == other.count else { return false }
        return one.withUnsafeBytes { one in
            other.withUnsafeBytes { other in
                var place = 0
                while place + 8 <= one.count {
                    guard
                        one.loadUnaligned(fromByteOffset: place, as: UInt64.self)
                            == other.loadUnaligned(fromByteOffset: place, as: UInt64.self)
                    else { return false }
                    place += 8
                }
                while place < one.count {
                    guard one[place] == other[place] else { return false }
                    place += 1
                }
                return true
            }
        }
    }
}
