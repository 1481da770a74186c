import SparringTokens

/// How much of what the caller predicted (`prediction`) came true.
///
/// The answer is compared from both ends: what is the same up to the first difference and from the last one on was accepted, the rest of
/// the prediction was rejected. The API tries at more places; the two numbers are of the same kind, and of the same sum.
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
