import SparringExchange
package import SparringWire

/// The head of an HTTP/1 request (RFC 9112 §3 to §6), taken line by line.
///
/// The reader is stricter than the standard wherever two servers could read a request differently: a name stands directly before its colon,
/// no line is folded, and there is one clear length.
package struct RequestHead {
    package private(set) var method = ""
    package private(set) var target = ""
    package private(set) var version = HTTPVersion.http11
    package private(set) var headers = HeaderFields()
    /// The value of `Content-Length`; nil for a chunked body and without a body.
    package private(set) var length: Int?
    package private(set) var isChunked = false
    /// Whether the client asks for a 100 Continue (RFC 9110 §10.1.1).
    private(set) var expectsContinue = false
    /// The request of a remembered head.
    private var shared: Request?
    private var hasCodings = false
    private var asksToClose = false
    private var asksToKeep = false
    private var asksToUpgrade = false
    private var hasUpgrade = false

    init() {}

    /// Whether no request follows on the connection (RFC 9112 §9.3). After an offered upgrade, the bytes may be in another protocol.
    /// The JDK's client offers h2c with every first request.
    package var isLast: Bool {
        asksToClose || version == .http10 && !asksToKeep || method == "CONNECT" || asksToUpgrade && hasUpgrade
    }

    /// The request without its body.
    var request: Request {
        shared ?? Request(method: method, target: target, version: version, headers: headers)
    }

    /// Lets all requests of this head share its parts and the facts about them.
    mutating func share() { shared = request }

    // MARK: Lines

    /// The bytes do not begin with a method and a space.
    static let noRequestLine = RequestProblem.malformed("it does not begin with a request line")

    /// Takes the first line.
    /// - Parameter line: without its line end.
    mutating func start(_ line: UnsafeRawBufferPointer) throws(RequestProblem) {
        guard let space = line.firstIndex(of: 0x20), space > 0, line[..<space].allSatisfy(HeadBytes.isToken) else {
            throw Self.noRequestLine
        }
        let end = line[(space + 1)...].firstIndex(of: 0x20) ?? line.count
        let words = line.dropFirst(end + 1)
        // The name of the protocol is case-sensitive (RFC 9112 §2.3).
        if words.elementsEqual("HTTP/1.1".utf8) {
            version = .http11
        } else if words.elementsEqual("HTTP/1.0".utf8) {
            version = .http10
        } else {
            throw .malformed("the version is not HTTP/1.0 or HTTP/1.1")
        }
        method = try Self.text(line, 0..<space)
        guard isTarget(line[(space + 1)..<end]) else { throw .malformed("the request target is malformed") }
        target = try Self.text(line, space + 1..<end)
        headers.fields.reserveCapacity(8)
    }

    /// A path, an absolute URL, `*`, or the authority of CONNECT (RFC 9112 §3.2).
    private func isTarget(_ target: Slice<UnsafeRawBufferPointer>) -> Bool {
        guard let first = target.first, target.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else { return false }
        switch first {
        case 0x2F: return true
        case _ where method == "CONNECT": return true
        case 0x2A: return target.count == 1
        default: return HeadBytes.isLetter(first) && target.drop(while: HeadBytes.isLetter).starts(with: "://".utf8)
        }
    }

    /// Takes a line after the first one.
    /// - Parameter line: without its line end.
    mutating func add(_ line: UnsafeRawBufferPointer) throws(RequestProblem) {
        let field = try Self.field(in: line)
        try interpret(
            UnsafeRawBufferPointer(rebasing: line[field.name]), UnsafeRawBufferPointer(rebasing: line[field.value]))
        headers.append(try Self.text(line, field.name), try Self.text(line, field.value))
    }

    /// The places of name and value in a line.
    static func field(
        in line: UnsafeRawBufferPointer
    ) throws(RequestProblem) -> (name: Range<Int>, value: Range<Int>) {
        guard let colon = line.firstIndex(of: 0x3A), colon > 0, line[..<colon].allSatisfy(HeadBytes.isToken),
            line[colon...].allSatisfy(HeadBytes.isFieldText)
        else { throw .malformed("a header line is malformed") }
        return (0..<colon, HeadBytes.trimmed(line, colon + 1..<line.count))
    }

    /// RFC 9110 §5.5 allows any byte above 0x7F in values. A test server must show exactly the bytes that it received, and Swift strings
    /// replace bytes that are not UTF-8, so such bytes are refused.
    private static func text(_ line: UnsafeRawBufferPointer, _ range: Range<Int>) throws(RequestProblem) -> String {
        let bytes = UnsafeRawBufferPointer(rebasing: line[range])
        if HeadBytes.isASCII(bytes) { return String(decoding: bytes, as: UTF8.self) }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw .malformed("the head has bytes that are not UTF-8")
        }
        return text
    }

    // MARK: Fields that mean something to the connection

    private mutating func interpret(
        _ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer
    ) throws(RequestProblem) {
        switch name.count {
        case 6 where HeadBytes.same(name, "expect"): expectsContinue = HeadBytes.same(value, "100-continue")
        case 7 where HeadBytes.same(name, "upgrade"): hasUpgrade = true
        case 10 where HeadBytes.same(name, "connection"):
            HeadBytes.members(of: value) { member in
                if HeadBytes.same(member, "close") { asksToClose = true }
                if HeadBytes.same(member, "keep-alive") { asksToKeep = true }
                if HeadBytes.same(member, "upgrade") { asksToUpgrade = true }
            }
        case 14 where HeadBytes.same(name, "content-length"):
            // Eighteen digits fit into an integer, and no body is that long.
            guard length == nil, 1...18 ~= value.count, value.allSatisfy({ 0x30...0x39 ~= $0 }) else {
                throw .malformed("Content-Length is malformed or repeated")
            }
            length = value.reduce(0) { $0 * 10 + Int($1 - 0x30) }
        case 17 where HeadBytes.same(name, "transfer-encoding"):
            hasCodings = true
            var isMisplaced = false
            HeadBytes.members(of: value) { member in
                isMisplaced = isMisplaced || isChunked || member.isEmpty
                isChunked = HeadBytes.same(member, "chunked")
            }
            guard !isMisplaced else { throw Self.codings }
        default: break
        }
    }

    /// RFC 9112 §6.1: `chunked` is the last coding, and occurs once.
    private static let codings = RequestProblem.malformed("Transfer-Encoding does not end with its only chunked")

    /// Called after the last line.
    mutating func end() throws(RequestProblem) {
        if hasCodings {
            // An HTTP/1.0 peer would read a different body (RFC 9112 §6.1).
            guard version == .http11 else { throw .malformed("HTTP/1.0 has no Transfer-Encoding") }
            guard isChunked else { throw Self.codings }
            guard length == nil else { throw .malformed("it has both Content-Length and Transfer-Encoding") }
        }
        // HTTP/1.0 has no interim responses.
        if version == .http10 { expectsContinue = false }
        // A body of CONNECT has no meaning (RFC 9110 §9.3.6).
        if method == "CONNECT" { (length, isChunked) = (nil, false) }
    }
}
