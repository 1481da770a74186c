import SparringExchange
import SparringWire
import Testing

@testable import SparringCassette

/// Tests generated exchanges, from the events of an upstream through a cassette to the bytes that a client would get.
@Suite("Recording and replay of generated exchanges")
struct CassetteRoundTripTests {
    /// A generated answer of an upstream, from a seed.
    struct Generated {
        var head: UpstreamHead
        var pieces: [(at: Int64, bytes: [UInt8])] = []
        var endAt: Int64
        var ending: RecordedEnding

        init(seed: UInt64) {
            var dice = Dice(state: seed)
            let type = ["text/event-stream", "application/json", "audio/mpeg", "text/plain", ""][dice.below(5)]
            var headers: HeaderFields = type.isEmpty ? [:] : ["Content-Type": type]
            for index in 0..<dice.below(4) { headers.append("X-Field-\(index % 2)", "v\(dice.below(100))") }
            var time = Int64(dice.below(1_000_000))
            for _ in 0..<dice.below(8) {
                time += Int64(1 + dice.below(5_000_000))
                pieces.append((time, Self.bytes(&dice)))
            }
            endAt = time + Int64(dice.below(1_000_000))
            ending = [.complete, .complete, .closed, .reset, .left][dice.below(5)]
            let length = pieces.reduce(0) { $0 + $1.bytes.count }
            switch dice.below(3) {
            case 0: headers.append("Content-Length", String(length + (ending == .complete ? 0 : 7)))
            case 1: headers.append("Transfer-Encoding", "chunked")
            default: break
            }
            let status = [200, 200, 200, 201, 404, 429, 500][dice.below(7)]
            head = UpstreamHead(status: status, minorVersion: dice.below(2), reason: "R \(status)", headers: headers)
        }

        /// Text, broken UTF-8, events, binary: nothing that looks like a secret.
        private static func bytes(_ dice: inout Dice) -> [UInt8] {
            switch dice.below(5) {
            case 0: Array("data: {\"n\": \(dice.below(1000))}\n\n".utf8)
            case 1: Array("héllo wörld \(dice.below(10))".utf8).dropLast(dice.below(2))
            case 2: [0xC3, 0x28, 0xFF, 0xFE, 0x00, 0x0A, UInt8(dice.below(256))]
            case 3: (0...dice.below(300)).map { _ in UInt8(dice.below(256)) }
            default: [UInt8(dice.below(256))]
            }
        }

        var events: [CassetteEvent] {
            let request = Request(method: "POST", target: "/v1/x", body: [0xFF, 0x00])
            func moment(_ time: Int64) -> Moment { Moment(nanoseconds: 77 + time) }
            return [
                .began(request, target: "/v1/x", session: "s", startedAt: 1, at: moment(0)),
                .head(head, at: moment(0)),
            ] + pieces.map { .body($0.bytes, at: moment($0.at)) } + [.ended(ending, at: moment(endAt))]
        }
    }

    struct Dice {
        var state: UInt64

        /// SplitMix64.
        mutating func below(_ bound: Int) -> Int {
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return Int((z ^ (z >> 31)) % UInt64(bound))
        }
    }

    @Test("10,000 exchanges are recorded exactly, to the byte and the nanosecond")
    func cassette() throws {
        for seed in UInt64(0)..<10_000 {
            let generated = Generated(seed: seed)
            let exchange = try #require(try RecordingEncoderTests.recorded(generated.events).exchange)
            let answer = try #require(exchange.answer)
            guard !answer.isMasked else { continue }
            #expect(answer.status == generated.head.status && answer.headers == generated.head.headers, "seed \(seed)")
            #expect(answer.reason == generated.head.reason && exchange.ending == generated.ending, "seed \(seed)")
            #expect(answer.body == generated.pieces.flatMap(\.bytes), "seed \(seed)")
            #expect(
                answer.pieces == generated.pieces.map { RecordedPiece(at: $0.at, count: $0.bytes.count) },
                "seed \(seed)")
            #expect(answer.endAt == generated.endAt, "seed \(seed)")
        }
    }

    @Test("10,000 recordings are replayed with status, headers, bytes, pauses and ending")
    func replay() throws {
        for seed in UInt64(0)..<10_000 {
            let generated = Generated(seed: seed)
            let exchange = try #require(try RecordingEncoderTests.recorded(generated.events).exchange)
            guard exchange.answer?.isMasked == false else { continue }
            let client = ForwardFeed.Client(minorVersion: 1, keepsAlive: true, isHead: false)
            let script = try #require(CassetteScript(exchange: exchange, client: client, timeScale: 1).compose())
            let seen = try Seen(script)
            #expect(seen.head?.status == generated.head.status, "seed \(seed)")
            #expect(
                seen.head?.headers.fields.filter { $0.name.hasPrefix("X-") }
                    == generated.head.headers.fields.filter { $0.name.hasPrefix("X-") }, "seed \(seed)")
            #expect(seen.body == generated.pieces.flatMap(\.bytes), "seed \(seed)")
            #expect(seen.times == generated.pieces.map(\.at), "seed \(seed)")
            #expect(seen.isComplete == (generated.ending == .complete), "seed \(seed)")
            #expect(seen.isReset == (generated.ending == .reset), "seed \(seed)")
        }
    }

    /// A script, in the form in which an HTTP/1 client receives it.
    struct Seen {
        var head: UpstreamHead?
        var body: [UInt8] = []
        var times: [Int64] = []
        var isComplete = false
        var isReset = false

        init(_ script: WireScript) throws {
            var (time, framed): (Int64, [UInt8]) = (0, [])
            for step in script.steps {
                switch step {
                case .pause(let pause):
                    time += pause.components.seconds * 1_000_000_000 + pause.components.attoseconds / 1_000_000_000
                case .write(let range, .piece):
                    times.append(time)
                    framed += script.bytes[range]
                case .write(let range, _): framed += script.bytes[range]
                case .end(let ending): isReset = ending == .reset
                default: break
                }
            }
            let text = String(decoding: framed, as: UTF8.self)
            let end = try #require(framed.firstRange(of: Array("\r\n\r\n".utf8)))
            let lines = text.split(separator: "\r\n\r\n", maxSplits: 1)[0].split(separator: "\r\n")
            head = UpstreamHead(
                status: try #require(Int(lines[0].split(separator: " ")[1])),
                headers: HeaderFields(
                    lines.dropFirst().map { line in
                        let colon = line.firstIndex(of: ":") ?? line.endIndex
                        return HeaderFields.Field(String(line[..<colon]), String(line[colon...].dropFirst(2)))
                    }))
            let rest = Array(framed[end.upperBound...])
            if head?.headers.list("transfer-encoding") == ["chunked"] { unchunk(rest) } else { body = rest }
            if let length = head?.headers["content-length"].flatMap({ Int($0) }) { isComplete = body.count == length }
        }

        private mutating func unchunk(_ bytes: [UInt8]) {
            var rest = bytes[...]
            while let line = rest.firstIndex(of: 0x0A) {
                let size = Int(String(decoding: rest[..<line].dropLast(), as: UTF8.self), radix: 16) ?? -1
                rest = rest[(line + 1)...]
                guard size > 0 else { return isComplete = size == 0 }
                body += rest.prefix(size)
                rest = rest.dropFirst(size + 2)
            }
        }
    }
}
