/// A time that the service of a socket waits for, without a message of the client.
package struct SocketWait: Sendable {
    /// Differs from the numbers of the socket's earlier waits.
    package let number: Int
    /// The pauses, one after the other. The service is called after each.
    package let pauses: [Duration]
    /// The clock of the pauses; nil for real time.
    package let clock: (any ScriptClock)?

    package init(number: Int, pauses: [Duration], clock: (any ScriptClock)?) {
        self.number = number
        self.pauses = pauses
        self.clock = clock
    }
}
