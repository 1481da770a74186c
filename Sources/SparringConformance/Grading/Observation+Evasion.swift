import SparringExchange
import SparringJSON
import SparringScenario

/// Requests that prove nothing about a case, because the case's script answers other requests.
extension Observation {
    /// The reason why the observation proves nothing about a case: an exchange is unfinished, or the requests are of
    /// another kind. Nil if the observation counts.
    func evasion(of subject: Case) -> String? {
        if isUnfinished { return "the client finished its call while an exchange was still open" }
        guard !attempts.isEmpty else { return nil }
        let shown = shown
        let missing = Capability.allCases.filter {
            subject.requires.contains($0) && $0.isVisible && !shown.contains($0)
        }
        guard missing.isEmpty else { return "no request used \(missing.map(\.rawValue).joined(separator: ", "))" }
        // The plain call only shows what the client can do.
        let dividesTexts = subject.theme != BuiltInCases.sanityTheme && textsAtOnce < subject.task.texts.count
        return switch subject.task.operation {
        // Uploads and downloads are one capability.
        case .download where !uses("files.content"): "no request was for the content of a file"
        case .batch where uses("batches.list") && !uses("batches.retrieve"):
            "the client polls the list of batches, but the case answers only polls of one batch"
        // The case's script has the vectors of all texts, not of a part of them.
        case .embeddings where dividesTexts && subject.expectation.text != nil:
            "no request has all texts, but the case answers with the vectors of all texts"
        case .moderation where dividesTexts && attempts.contains(where: { $0.decision.status == 200 }):
            "no request has all texts, but the case answers with the verdicts on all texts"
        default: nil
        }
    }

    private func uses(_ endpoint: String) -> Bool { attempts.contains { $0.decision.endpoint == endpoint } }

    /// The largest number of texts in one request.
    private var textsAtOnce: Int {
        let inputs = attempts.compactMap { (try? JSONValue.parse($0.request.body))?["input"] }
        return inputs.map { input in
            // A list of numbers is one text.
            guard let list = input.array, list.first?.int == nil else { return 1 }
            return list.count
        }.max() ?? 0
    }
}
