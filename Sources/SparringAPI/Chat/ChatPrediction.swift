import SparringTokens

/// Computes how much of the client's `prediction` was accepted.
///
/// Compares the answer from both ends: the common prefix and suffix are accepted, the rest of the prediction is rejected. The API compares
/// at more places, but the sum of accepted and rejected tokens is the same.
enum ChatPrediction {
    static func compare(_ predicted: String, with answer: String, _ counter: TokenCounter) -> (
        accepted: Int, rejected: Int
    ) {
        let predicted = counter.pieces(predicted)
        let answer = counter.pieces(answer)
        let shorter = min(predicted.count, answer.count)
        let head = (0..<shorter).first { predicted[$0].text != answer[$0].text } ?? shorter
        let rest = shorter - head
        let tail =
            (0..<rest).first { predicted[predicted.count - 1 - $0].text != answer[answer.count - 1 - $0].text } ?? rest
        let rejected = predicted[head..<(predicted.count - tail)].reduce(0) { $0 + $1.tokens }
        return (predicted.reduce(0) { $0 + $1.tokens } - rejected, rejected)
    }
}
