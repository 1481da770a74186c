import Foundation

/// Runs blocking calls on a new thread. In a shared pool with as many threads as cores, one slow conversation would
/// delay all others.
package func blocking<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
    try await withCheckedThrowingContinuation { continuation in
        Thread { continuation.resume(with: Swift.Result(catching: body)) }.start()
    }
}
