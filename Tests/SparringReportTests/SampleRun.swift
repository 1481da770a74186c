import SparringConformance
import SparringJSON

@testable import SparringReport

/// Invented logs of runs.
enum SampleRun {
    /// - Parameters:
    ///   - cases: the id and the verdict of each case, in the order of their ends. An id that ends in `-should` makes a
    ///   SHOULD.
    ///   - set: the cases of the set; nil for all cases of the run.
    ///   - selected: the cases of the run; nil for the played ones.
    static func log(
        _ cases: [(id: String, verdict: String)], set: [String]? = nil, failOn: String = "must", known: [String] = [],
        selected: [String]? = nil
    ) throws -> RunLog {
        let ids = selected ?? cases.map(\.id)
        let inSet = JSONValue.strings(set ?? ids).text()
        let start = """
            {"event":"run.start","schema":1,"kit":"1.0","command":["python","my app.py"],"cases":\(JSONValue.strings(ids).text()),\
            "jobs":1,"seed":1,"started_at":0,"set":{"name":"2026.1","cases":\(inSet)},"fail_on":"\(failOn)"}
            """
        let end = #"{"event":"run.end","outcome":"failed","ms":1234,"reason":null}"#
        return try RunLog(lines: ([start] + cases.flatMap(played) + known + [end]).joined(separator: "\n"))
    }

    static func run(_ cases: [(id: String, verdict: String)], known: [String] = []) throws -> GradedRun {
        GradedRun(try log(cases, known: known))
    }

    static func known(_ id: String, _ state: String, reason: String = "our issue 12") -> String {
        #"{"event":"known","case":"\#(id)","check":null,"pattern":"\#(id)","line":3,"reason":"\#(reason)","state":"\#(state)"}"#
    }

    private static func played(_ id: String, _ verdict: String) -> [String] {
        let level = id.hasSuffix("-should") ? "should" : "must"
        return [
            #"{"event":"case.start","case":"\#(id)","session":"7f3a","round":1,"level":"\#(level)","title":"Waits <long> & well","why":"Storms.","references":["RFC 9110"]}"#,
            #"{"event":"wire","case":"\#(id)","exchange":{"number":1,"method":"POST","path":"/v1/chat","status":429,"attempt":1,"marbles":"H<d.","auxiliary":false,"timeline":[{"ms":10,"what":"request_start"},{"ms":10.5,"what":"accepted"}]}}"#,
            #"{"event":"check","case":"\#(id)","check":"\#(id)#gap.1-2.min","level":"\#(level)","verdict":"\#(verdict)","requirement":"It waits","expected":"at least 2 s","actual":"“<1>” & 3"}"#,
            #"{"event":"case.end","case":"\#(id)","round":1,"verdict":"\#(verdict)","amended":false,"ending":"exit code 1","ms":1040,"lag_ms":0,"stdout":"","stderr":"Trace\u001b[1m\nRateLimitError"}"#,
        ]
    }
}
