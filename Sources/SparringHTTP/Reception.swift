import NIOCore
import NIOHTTP1
import NIOSSL
import SparringExchange
import SparringWire

/// Takes accepted connections in: numbers them, looks up what befalls them, and puts their pipeline together.
struct Reception: Sendable {
    let responder: any Responder
    let clock: MonotonicClock
    let limits: Limits
    let connections: ConnectionSet
    let outboxes: Outboxes
    let plan: ListenerPlan
    /// Nil: no TLS.
    let tls: TLSContexts?
    private let places = Places()

    init(
        responder: any Responder, clock: MonotonicClock, limits: Limits, connections: ConnectionSet, outboxes: Outboxes,
        plan: ListenerPlan, tls: TLSContexts?
    ) {
        self.responder = responder
        self.clock = clock
        self.limits = limits
        self.connections = connections
        self.outboxes = outboxes
        self.plan = plan
        self.tls = tls
    }

    /// Called on the connection's event loop.
    func receive(_ channel: any Channel) throws {
        channel.closeOnExec()
        let number = connections.number()
        let gate = try gate(number, channel)
        let handler = ConnectionHandler(
            number: number, channel: channel, outbox: outboxes[channel.eventLoop], responder: responder, clock: clock,
            limits: limits, connections: connections, gate: gate)
        try channel.pipeline.syncOperations.addHandlers([
            InboundTap(handler),
            ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes)),
            handler,
        ])
        connections.insert(handler, number: number, eventLoop: channel.eventLoop)
    }

    /// A connection in the clear that nothing befalls has none.
    private func gate(_ number: Int, _ channel: any Channel) throws -> ConnectionGate? {
        let faults = plan.faults(of: number)
        guard tls != nil || !faults.isEmpty else { return nil }
        let gate = ConnectionGate(
            number: number, isTLS: tls != nil, faults: faults, clock: clock, places: places
        ) { [responder] in responder.heard($0) }
        try channel.pipeline.syncOperations.addHandler(gate)
        if let tls {
            let context = tls.context(faults.compactMap(\.strike))
            try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
        }
        return gate
    }
}
