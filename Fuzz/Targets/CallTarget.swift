import SparringAPI
import SparringJSON

/// The body of a call of a model: the body is checked, and answered if it passes the checks. The first byte chooses the operation and the
/// validation.
extension FuzzTarget {
    private static let operations = Endpoint.allCases.filter { $0.kind == .model }
    /// 2026-11-21.
    private static let today = 1_795_219_200
    /// The limit allows more tokens than any call of a test is estimated to use.
    private static let mostTokens = 100_000_000

    static let call = FuzzTarget("call") { bytes in
        guard let first = bytes.first, let body = try? JSONValue.parse(Array(bytes.dropFirst())) else { return nil }
        let endpoint = operations[Int(first) % operations.count]
        let validation = Validation.allCases[Int(first) / operations.count % Validation.allCases.count]
        guard
            let call = try? LenientRequest(endpoint, body: body, models: .builtIn).call(
                validation, memory: ResponsesMemory())
        else { return nil }
        guard call.estimatedTokens.magnitude < mostTokens else { return "\(call.estimatedTokens) tokens are estimated" }
        guard call.obstacle == nil else { return nil }
        var ids = IDMint(seed: 1)
        _ = call.render(saying: call.content, context: AnswerInput(created: today), ids: &ids)
        return nil
    }
}
