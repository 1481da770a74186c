package import SparringExchange
package import SparringWire

/// An order to hold the next answers of a session at a point until a client releases them.
package struct Breakpoint: Sendable {
    /// The breakpoint's number on the server, from 1.
    package internal(set) var number = 0
    package var session: String
    package var point: Fault.Point
    /// Selects answers by values that are known when the answer is decided. If nil, every answer is selected.
    package var filter: ExchangeFilter?
    /// The filter as it was written; nil without a filter.
    package var filterText: String?
    /// The number of answers that the breakpoint can still hold.
    package var calls: Int
    /// The longest time, in real time, that each answer is held.
    package var limit: Duration

    package static let usualLimit = Duration.seconds(60)
    package static let longestLimit = Duration.seconds(3600)

    package init(
        session: String, at point: Fault.Point = .start, filter: (text: String, value: ExchangeFilter)? = nil,
        calls: Int = 1, limit: Duration = Breakpoint.usualLimit
    ) {
        self.session = session
        self.point = point
        self.filter = filter?.value
        filterText = filter?.text
        self.calls = calls
        self.limit = limit
    }

    /// Whether an answer can be held at this point. A breakpoint cannot use the other points, because they split events or depend on the
    /// answer's time.
    package static func admits(_ point: Fault.Point) -> Bool {
        switch point {
        case .start, .head, .firstContent, .done, .token, .end: true
        case .event(let number, let plus), .content(let number, let plus): plus == 0 && number > 0
        case .headByte, .byte, .elapsed, .connection, .requestHead: false
        }
    }

    func wants(_ exchange: Exchange) -> Bool {
        exchange.session == session && (filter?.selects(exchange) ?? true)
    }
}
