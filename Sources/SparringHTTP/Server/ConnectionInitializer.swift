import NIOCore
import NIOHTTP2
import NIOSSL
import SparringExchange
import SparringWire

/// Sets up accepted connections: numbers them, looks up their faults, and builds their pipelines.
struct ConnectionInitializer: Sendable {
    let responder: any Responder
    let clock: MonotonicClock
    let limits: ConnectionLimits
    let connections: ConnectionSet
    let states: EventLoopStates
    let plan: ListenerPlan
    /// If nil, connections do not use TLS.
    let tls: TLSContexts?
    let speaksHTTP2: Bool
    private let places = ConnectionLimiter()

    init(
        responder: any Responder, clock: MonotonicClock, limits: ConnectionLimits, connections: ConnectionSet,
        states: EventLoopStates,
        plan: ListenerPlan, tls: TLSContexts?, speaksHTTP2: Bool
    ) {
        self.responder = responder
        self.clock = clock
        self.limits = limits
        self.connections = connections
        self.states = states
        self.plan = plan
        self.tls = tls
        self.speaksHTTP2 = speaksHTTP2
    }

    /// This function is called on the connection's event loop.
    func receive(_ channel: any Channel) throws {
        channel.closeOnExec()
        let number = connections.number()
        let gate = try gate(number, channel)
        if speaksHTTP2 { try choose(number, channel, gate) } else { try speakHTTP1(number, channel, gate) }
    }

    /// Determines the protocol: with TLS by the handshake, otherwise by the first bytes.
    private func choose(_ number: Int, _ channel: any Channel, _ gate: ConnectionFaultHandler?) throws {
        let choice = ProtocolChoice(channel, patience: limits.headDeadline) { isHTTP2 in
            let window = gate?.settled(isHTTP2 ? .http2 : .http11)
            if isHTTP2 {
                try speakHTTP2(number, channel, gate, window: window)
            } else {
                try speakHTTP1(number, channel, gate)
            }
        } whenClosed: { [connections] in
            connections.remove(number)
        }
        try channel.pipeline.syncOperations.addHandler(choice)
        connections.insert(choice, number: number, eventLoop: channel.eventLoop)
    }

    private func speakHTTP1(_ number: Int, _ channel: any Channel, _ gate: ConnectionFaultHandler?) throws {
        let handler = ConnectionHandler(
            number: number, channel: channel, state: states[channel.eventLoop], responder: responder, clock: clock,
            limits: limits, connections: connections, gate: gate)
        try channel.pipeline.syncOperations.addHandler(handler)
        connections.insert(handler, number: number, eventLoop: channel.eventLoop)
    }

    private func speakHTTP2(
        _ number: Int, _ channel: any Channel, _ gate: ConnectionFaultHandler?,
        window: (size: Int, duration: Duration?)?
    ) throws {
        let frames = FrameInjector(holdsWindows: window != nil)
        let decider = RequestDispatcher(
            responder: responder, connection: number, clock: clock, eventLoop: channel.eventLoop,
            isTLS: gate?.isTLS ?? false)
        let connection = HTTP2Connection(
            channel: channel, decider: decider, limits: limits, connections: connections, gate: gate, frames: frames)
        let bound = NIOLoopBound(connection, eventLoop: channel.eventLoop)
        let http2 = NIOHTTP2Handler(
            mode: .server, eventLoop: channel.eventLoop, connectionConfiguration: .ours(limits, window: window?.size),
            streamConfiguration: .ours
        ) { stream in
            stream.eventLoop.makeCompletedFuture { try bound.value.open(stream) }
        }
        try channel.pipeline.syncOperations.addHandlers([frames, http2, connection])
        if let duration = window?.duration { connection.openWindows(after: duration) }
        connections.insert(connection, number: number, eventLoop: channel.eventLoop)
    }

    /// Nil for a connection without TLS and without faults.
    private func gate(_ number: Int, _ channel: any Channel) throws -> ConnectionFaultHandler? {
        let faults = plan.faults(of: number)
        guard tls != nil || !faults.isEmpty else { return nil }
        let gate = ConnectionFaultHandler(
            number: number, isTLS: tls != nil, faults: faults, clock: clock, places: places
        ) { [responder] in responder.ended($0) }
        try channel.pipeline.syncOperations.addHandler(gate)
        if let tls {
            let context = tls.context(faults.compactMap(\.strike))
            try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
        }
        return gate
    }
}
