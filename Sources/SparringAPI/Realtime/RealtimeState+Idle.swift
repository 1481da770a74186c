package import SparringJSON
import SparringWire

/// An idle timeout: the user stays silent after a response, and the server starts the next one.
///
/// Source: `idle_timeout_ms` of `RealtimeTurnDetection` and `RealtimeServerEventInputAudioBufferTimeoutTriggered` of the
/// API's document.
package struct RealtimeIdle: Sendable, Hashable {
    /// The number of the timeout in its session, from 1.
    package let number: Int
    /// The time from `response.done` to the end of the response's audio, if the client plays it from then on.
    package let playback: Duration
    /// The time from the end of the playback to the timeout.
    package let timeout: Duration

    /// Sparring's own event: the time is over.
    package static let event = "idle_timeout"

    /// The event of this timeout.
    package var json: JSONValue { ["type": .string(Self.event), "number": .int(number)] }
}

extension RealtimeState {
    /// A response has ended. From now on, the session waits for speech, if its turn detection has a timeout.
    mutating func awaitSpeech(afterPlaying playback: Duration) {
        guard let timeout = session.idleTimeout, !buffer.isSpeaking else { return }
        idles += 1
        idle = RealtimeIdle(number: idles, playback: playback, timeout: timeout)
    }

    mutating func stopWaiting() {
        idle = nil
        buffer.endSilence()
    }

    /// The audio of the last response has been played, so the silence begins.
    package mutating func endPlayback() { buffer.beginSilence() }

    /// Commits the silence as an item, and starts a response. A timeout that was cancelled has no effect.
    mutating func timeOut(_ event: JSONObject, _ answer: inout RealtimeEvents) throws(APIError) {
        guard let number = idle?.number, event["number"]?.int == number else { return }
        let (item, start, end, audio) = buffer.takeSilence(ids: &answer.ids)
        idle = nil
        answer.add(
            "input_audio_buffer.timeout_triggered",
            ["audio_start_ms": .int(start), "audio_end_ms": .int(end), "item_id": .string(item)])
        try commit(item, audio, &answer)
        if session.answersSilence { followUps.append(.respond) }
    }
}
