/// Runs a compiled pattern over a text. All possible matches advance in parallel, so the time is at most the length of the text times the
/// length of the program.
struct PatternMachine {
    private struct Thread {
        var counter: Int
        var captures: [Int?]
    }

    private let program: [PatternInstruction]
    private let text: [Unicode.Scalar]
    private let slots: Int
    /// The step in which each instruction was last entered. No instruction is entered twice in a step.
    private var entered: [Int]
    private var step = 0

    init(_ program: [PatternInstruction], slots: Int, _ text: [Unicode.Scalar]) {
        self.program = program
        self.slots = slots
        self.text = text
        entered = Array(repeating: -1, count: program.count)
    }

    /// The captures of the leftmost match.
    mutating func run() -> [Int?]? {
        var threads: [Thread] = []
        var best: [Int?]?
        for position in 0...text.count {
            // The new thread is appended after the running threads, so that a match that started earlier wins.
            if best == nil {
                add(Thread(counter: 0, captures: Array(repeating: nil, count: slots)), at: position, to: &threads)
            }
            step += 1
            var next: [Thread] = []
            for thread in threads {
                switch program[thread.counter] {
                case .match:
                    best = thread.captures
                case .scalar(let set) where position < text.count && set.contains(text[position]):
                    add(Thread(counter: thread.counter + 1, captures: thread.captures), at: position + 1, to: &next)
                    continue
                default: continue
                }
                // Threads that are listed after a match have a lower priority than the match.
                break
            }
            threads = next
            if threads.isEmpty, best != nil { break }
        }
        return best
    }

    /// Follows all instructions that consume no text.
    private mutating func add(_ thread: Thread, at position: Int, to threads: inout [Thread]) {
        guard entered[thread.counter] != step else { return }
        entered[thread.counter] = step
        var thread = thread
        switch program[thread.counter] {
        case .jump(let target):
            thread.counter = target
            add(thread, at: position, to: &threads)
        case .split(let first, let second):
            add(Thread(counter: first, captures: thread.captures), at: position, to: &threads)
            add(Thread(counter: second, captures: thread.captures), at: position, to: &threads)
        case .save(let slot):
            thread.captures[slot] = position
            thread.counter += 1
            add(thread, at: position, to: &threads)
        case .assert(let anchor):
            guard holds(anchor, at: position) else { return }
            thread.counter += 1
            add(thread, at: position, to: &threads)
        case .scalar, .match: threads.append(thread)
        }
    }

    private func holds(_ anchor: PatternAnchor, at position: Int) -> Bool {
        switch anchor {
        case .start: return position == 0
        case .end: return position == text.count
        case .wordBoundary(let isWanted):
            let before = position > 0 && ScalarSet.word.contains(text[position - 1])
            let after = position < text.count && ScalarSet.word.contains(text[position])
            return (before != after) == isWanted
        }
    }
}
