import SparringAPI

/// The identifiers of a client and those of a recording on one replayed WebSocket.
struct SocketNames: Sendable {
    private var conversation = Conversation()
    /// Makes new identifiers; nil if the recorded identifiers are kept.
    private var mint: IDMint?

    init(mint: IDMint?) { self.mint = mint }

    /// Pairs the identifiers of a message with the identifiers of the recorded message.
    /// - Returns: false if the message has an identifier that no answer of this socket contained.
    mutating func pair(_ asked: [String], with recording: [String], minted: Set<String>) -> Bool {
        guard conversation.distance(asked, from: recording, minted: minted) != nil else { return false }
        conversation.bind(asked, to: recording)
        return true
    }

    /// Records that the client receives these identifiers.
    mutating func give(_ minted: [String]) {
        guard var mint else { return conversation.give(minted) }
        conversation.give(minted) { FreshRendering.like($0, &mint) }
        self.mint = mint
    }

    /// The replacements for an answer.
    /// - Parameter own: all identifiers that the recording's server introduced.
    func renaming(own: Set<String>) -> Renaming { conversation.renaming(except: mint == nil ? Array(own) : []) }
}
