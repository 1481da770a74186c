import NIOCore

/// The state that the connections of one event loop share. Must be used on that event loop.
final class EventLoopState {
    let outbox: FlushCoalescer
    let heads = HeadMemo()

    init(_ eventLoop: any EventLoop) { outbox = FlushCoalescer(eventLoop) }
}

/// The states of an event loop group, one for each loop.
struct EventLoopStates: Sendable {
    private let states: [ObjectIdentifier: NIOLoopBoundBox<EventLoopState>]

    init(_ group: some EventLoopGroup) {
        states = Dictionary(
            uniqueKeysWithValues: group.makeIterator().map { eventLoop in
                (ObjectIdentifier(eventLoop), .makeBoxSendingValue(EventLoopState(eventLoop), eventLoop: eventLoop))
            })
    }

    /// Must be called on the event loop. A loop of another group gets a new state.
    subscript(eventLoop: any EventLoop) -> EventLoopState {
        states[ObjectIdentifier(eventLoop)]?.value ?? EventLoopState(eventLoop)
    }
}
