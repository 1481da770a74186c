import SparringConformance
import SparringExchange
import SparringWire

/// Tests event streams of gateways, cut at every place, and compared with the algorithm of the standard
/// (https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation).
extension FuzzTarget {
    static let eventStream = FuzzTarget("event-stream") { bytes in
        if let finding = Cuts.compare(bytes, data(of:)) { return finding }
        let (ours, standard) = (data(of: [bytes]), standardData(of: bytes))
        return ours == standard ? nil : "events \(ours), by the standard \(standard)"
    }

    private static func data(of pieces: [[UInt8]]) -> [String] {
        let moment = Moment(nanoseconds: 0)
        let answer = GatewayAnswer(
            sentAt: moment, head: UpstreamHead(status: 200, headers: ["content-type": "text/event-stream"]),
            pieces: pieces.map { GatewayAnswer.Piece(at: moment, bytes: $0) }, endedAt: moment)
        return ReadAnswer(answer).events.map(\.data)
    }

    /// The algorithm of the standard: decode, split into lines, collect fields, dispatch at an empty line.
    private static func standardData(of bytes: [UInt8]) -> [String] {
        var scalars = Array(String(decoding: bytes, as: UTF8.self).unicodeScalars)[...]
        if scalars.first == "\u{FEFF}" { scalars.removeFirst() }
        var (events, data): ([String], [String]) = ([], [])
        while let end = scalars.firstIndex(where: { $0 == "\n" || $0 == "\r" }) {
            let line = scalars[..<end]
            let isPair =
                scalars[end] == "\r" && scalars.index(after: end) < scalars.endIndex && scalars[end + 1] == "\n"
            scalars = scalars[(end + (isPair ? 2 : 1))...]
            if line.isEmpty {
                if !data.isEmpty { events.append(data.joined(separator: "\n")) }
                data = []
                continue
            }
            let name = line.prefix { $0 != ":" }
            guard name.elementsEqual("data".unicodeScalars) else { continue }
            var value = line.dropFirst(name.count + 1)
            if value.first == " " { value = value.dropFirst() }
            data.append(String(String.UnicodeScalarView(value)))
        }
        return events
    }
}
