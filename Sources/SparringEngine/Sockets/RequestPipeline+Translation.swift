import SparringAPI
import SparringExchange
import SparringWire

/// Sessions that translate speech. They are not emulated, and their sockets say so.
extension RequestPipeline {
    static let translationPath = "/v1/realtime/translations"

    /// Opens the socket, sends the error and closes it. Clients report such an error; from a refused handshake, they
    /// report only the status.
    mutating func refuseTranslation(_ address: RequestAddress) -> PlannedExchange {
        let accept: String
        do throws(SocketHandshake.Problem) {
            accept = try SocketHandshake.accept(method: request.method, version: request.version, request.headers)
        } catch {
            return refuse(address, .handshake(error), endpoint: .realtime)
        }
        let subprotocol = RealtimeOpening.agreed(request.headers)
        // A fault of the URL or header applies to answers on a socket, and this socket has none.
        requested = nil
        opensSocket = true
        closing = SocketClose(4000, "Sparring: \(Self.translationReason)")
        return auxiliary(
            address, endpoint: .realtime, isAuxiliary: false, unmatched: Self.translationReason
        ) { _, ids in
            let error = APIError(
                message: "Sparring: \(Self.translationReason); /v1/realtime has conversations and transcription.",
                code: "sparring_unsupported")
            return RealtimeOpening.answer(
                accept: accept, subprotocol: subprotocol, compression: nil, error: error, state: nil, ids: &ids)
        }
    }

    private static let translationReason = "translation sessions are not emulated"
}
