/// Compiles a syntax tree into a program.
enum PatternCompiler {
    static func compile(_ tree: PatternTree) -> [PatternInstruction] {
        var program: [PatternInstruction] = [.save(0)]
        emit(tree, to: &program)
        program += [.save(1), .match]
        return program
    }

    /// The number of instructions that a tree compiles to. Checked before compiling.
    static func size(_ tree: PatternTree) -> Int {
        switch tree {
        case .empty: return 0
        case .scalar, .anchor: return 1
        case .sequence(let items), .either(let items): return items.reduce(0) { capped($0 + size($1) + 2) }
        case .group(let inner, _): return capped(size(inner) + 2)
        case .repeated(let inner, let low, let high, _):
            let (product, overflow) = (size(inner) + 2).multipliedReportingOverflow(by: max(high ?? low + 1, 1))
            return overflow ? .max / 4 : capped(product)
        }
    }

    private static func capped(_ size: Int) -> Int { min(size, .max / 4) }

    private static func emit(_ tree: PatternTree, to program: inout [PatternInstruction]) {
        switch tree {
        case .empty: break
        case .scalar(let set): program.append(.scalar(set))
        case .anchor(let anchor): program.append(.assert(anchor))
        case .sequence(let items): for item in items { emit(item, to: &program) }
        case .either(let branches): either(branches, to: &program)
        case .group(let inner, let number):
            program.append(.save(number * 2))
            emit(inner, to: &program)
            program.append(.save(number * 2 + 1))
        case .repeated(let inner, let low, let high, let isLazy):
            for _ in 0..<low { emit(inner, to: &program) }
            if let high {
                optional(inner, high - low, isLazy, to: &program)
            } else {
                let split = program.count
                program.append(.match)
                emit(inner, to: &program)
                program.append(.jump(split))
                program[split] = choice(split + 1, program.count, isLazy)
            }
        }
    }

    private static func either(_ branches: [PatternTree], to program: inout [PatternInstruction]) {
        var ends: [Int] = []
        for (index, branch) in branches.enumerated() {
            guard index < branches.count - 1 else {
                emit(branch, to: &program)
                break
            }
            let split = program.count
            program.append(.match)
            emit(branch, to: &program)
            ends.append(program.count)
            program.append(.match)
            program[split] = .split(split + 1, program.count)
        }
        for end in ends { program[end] = .jump(program.count) }
    }

    /// Emits optional copies. In unrolled copies of a repetition, if one copy is skipped, all copies after it are skipped too.
    private static func optional(
        _ inner: PatternTree, _ count: Int, _ isLazy: Bool, to program: inout [PatternInstruction]
    ) {
        var splits: [Int] = []
        for _ in 0..<count {
            splits.append(program.count)
            program.append(.match)
            emit(inner, to: &program)
        }
        for split in splits { program[split] = choice(split + 1, program.count, isLazy) }
    }

    private static func choice(_ inside: Int, _ outside: Int, _ isLazy: Bool) -> PatternInstruction {
        isLazy ? .split(outside, inside) : .split(inside, outside)
    }
}
