import Testing

@testable import SparringAPI

@Suite("Transcripts")
struct TranscriptTests {
    @Test("A transcript has a segment for each sentence and a time for each word, over the whole length")
    func times() {
        let transcript = Transcript("One two. Three \"four!\" Five", milliseconds: 5000)
        #expect(transcript.words.map(\.text) == ["One", "two", "Three", "four", "Five"])
        #expect(transcript.segments.map(\.text) == ["One two.", "Three \"four!\"", "Five"])
        #expect(transcript.words.first?.start == 0 && transcript.words.last?.end == 500)
        for (word, next) in zip(transcript.words, transcript.words.dropFirst()) {
            #expect(word.start < word.end && word.end == next.start)
        }
        #expect(transcript.segments.map(\.start) == [0, transcript.words[2].start, transcript.words[4].start])
    }

    @Test("A transcript of an empty text has no words and no segments")
    func empty() {
        let transcript = Transcript("", milliseconds: 100)
        #expect(transcript.words.isEmpty && transcript.segments.isEmpty)
    }

    @Test("A diarized transcript takes its speakers from the names before the lines")
    func speakers() {
        let script = "agent: Hello there.\nHow are you?\ncustomer-1: Fine.\nWell: yes, I think so: fine."
        let transcript = Transcript(script, milliseconds: 4000, diarizes: true)
        #expect(transcript.segments.map(\.speaker) == ["agent", "agent", "customer-1", "Well"])
        #expect(transcript.text == "Hello there. How are you? Fine. yes, I think so: fine.")
    }

    @Test(
        "A diarized transcript without names has one speaker: the first known name, or A",
        arguments: [([], "A"), (["bob"], "bob")])
    func alone(known: [String], speaker: String) {
        let transcript = Transcript("One. Two.", milliseconds: 900, diarizes: true, known: known)
        #expect(Set(transcript.segments.map(\.speaker)) == [speaker])
    }

    @Test("A generated transcript is the same for the same sound, and longer for a longer one")
    func heard() {
        func text(_ hash: UInt64, _ milliseconds: Int) -> String {
            HeardText.text(
                of: Sound(bytes: 1, hash: hash, format: .wav, milliseconds: milliseconds, isMeasured: true))
        }
        #expect(text(1, 9000) == text(1, 9000))
        #expect(text(1, 9000) != text(2, 9000))
        #expect(text(7, 60_000).split(separator: " ").count == 150)
        #expect(text(7, 10).split(separator: " ").count == 3)
    }

    @Test("A transcript is written as SRT and WebVTT subtitles")
    func subtitles() {
        let segments = [
            Transcript.Segment(text: "One.", start: 0, end: 150),
            Transcript.Segment(text: "Two.", start: 150, end: 366_105),
        ]
        #expect(
            Subtitles.srt(segments) == """
                1
                00:00:00,000 --> 00:00:01,500
                One.

                2
                00:00:01,500 --> 01:01:01,050
                Two.



                """)
        #expect(
            Subtitles.vtt(segments) == """
                WEBVTT

                00:00:00.000 --> 00:00:01.500
                One.

                00:00:01.500 --> 01:01:01.050
                Two.


                """)
    }
}
