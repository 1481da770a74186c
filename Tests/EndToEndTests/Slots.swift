/// Limits how many programs run at a time. If all clients of a table started together, their waits would depend on the
/// machine.
actor Slots {
    static let clients = Slots(3)

    private var free: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(_ count: Int) { free = count }

    func use<Value: Sendable>(_ body: @Sendable () async throws -> Value) async rethrows -> Value {
        await take()
        defer { give() }
        return try await body()
    }

    private func take() async {
        if free > 0 {
            free -= 1
        } else {
            await withCheckedContinuation { waiting.append($0) }
        }
    }

    private func give() {
        if waiting.isEmpty {
            free += 1
        } else {
            waiting.removeFirst().resume()
        }
    }
}
