/// Finds speech in audio by its energy. Equal audio gives equal turns, even if it is cut into pieces differently.
///
/// A window of 20 ms is loud if its root mean square is at least `threshold` × 2 % of full scale. Two loud windows begin speech; `silence`
/// milliseconds of quiet windows end it.
package struct VoiceActivity: Sendable, Hashable {
    package enum Change: Sendable, Hashable {
        /// The length of all audio before the speech, in milliseconds.
        case started(at: Int)
        /// The length of all audio up to the end of the speech, in milliseconds, without the silence that ended it.
        case stopped(at: Int)
    }

    static let window = 20
    private static let opening = 2

    /// The mean of the squared samples of a window.
    private let energy: Double
    private let silence: Int
    private let samplesPerWindow: Int
    private var pending: [Int16] = []
    /// The number of windows so far.
    private var windows = 0
    private var loud = 0
    private var quiet = 0
    private(set) package var isSpeaking = false

    package init(threshold: Double, silence: Int, rate: Int) {
        let level = threshold * 0.02 * 32_768
        energy = level * level
        self.silence = silence
        samplesPerWindow = rate * Self.window / 1000
    }

    package mutating func hear(_ samples: [Int16]) -> [Change] {
        pending += samples
        var changes: [Change] = []
        var start = 0
        while pending.count - start >= samplesPerWindow {
            let window = pending[start..<(start + samplesPerWindow)]
            start += samplesPerWindow
            windows += 1
            let mean = window.reduce(0.0) { $0 + Double($1) * Double($1) } / Double(samplesPerWindow)
            if let change = pass(isLoud: mean >= energy && mean > 0) { changes.append(change) }
        }
        pending.removeFirst(start)
        return changes
    }

    /// Ends the speech without reporting it, because its audio is no longer in the buffer.
    mutating func rest() { (isSpeaking, loud, quiet) = (false, 0, 0) }

    private mutating func pass(isLoud: Bool) -> Change? {
        loud = isLoud ? loud + 1 : 0
        quiet = isLoud ? 0 : quiet + 1
        if !isSpeaking, loud >= Self.opening {
            isSpeaking = true
            return .started(at: (windows - loud) * Self.window)
        }
        if isSpeaking, quiet * Self.window >= max(silence, Self.window) {
            isSpeaking = false
            return .stopped(at: (windows - quiet) * Self.window)
        }
        return nil
    }
}
