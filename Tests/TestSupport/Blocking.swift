import Foundation

/// Runs blocking calls on a thread of their own: a shared pool with as many threads as cores would make one slow conversation
/// late for all others.
package func blocking<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
    try await withCheckedThrowingContinuation { continuation in
        Thread { continuation.resume(with: Swift.Result(catching: body)) }.start()
    }
}
