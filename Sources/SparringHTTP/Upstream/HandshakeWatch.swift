import NIOCore
import NIOPosix
import NIOSSL
import NIOTLS

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Reports when TLS is established, so that no request is sent before the server's identity is verified.
final class HandshakeWatch: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let promise: EventLoopPromise<Void>
    private var isOver = false

    init(_ eventLoop: any EventLoop) { promise = eventLoop.makePromise() }

    var done: EventLoopFuture<Void> { promise.futureResult }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case TLSUserEvent.handshakeCompleted = event { settle(.success(())) }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard !isOver else { return context.fireErrorCaught(error) }
        settle(.failure(error))
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        settle(.failure(ChannelError.eof))
        context.fireChannelInactive()
    }

    private func settle(_ result: Result<Void, any Error>) {
        guard !isOver else { return }
        isOver = true
        promise.completeWith(result)
    }
}

/// The reason why a connection failed, for people.
enum TLSWords {
    static func of(_ error: any Error) -> String {
        switch error {
        case let error as NIOConnectionError:
            if let failure = error.connectionErrors.first { return of(failure.error) }
            return error.dnsAError != nil || error.dnsAAAAError != nil
                ? "'\(error.host)' has no address" : "no connection to \(error.host):\(error.port)"
        case ChannelError.connectTimeout: return "the server did not answer in time"
        case ChannelError.eof: return "it closed the connection during the TLS handshake"
        case let error as NIOSSLExtraError where error == .failedToValidateHostname:
            return "its certificate is for another name"
        case NIOSSLError.handshakeFailed(let reason):
            let text = "\(reason)"
            return text.contains("CERTIFICATE_VERIFY_FAILED")
                ? "its certificate is not trusted (CERTIFICATE_VERIFY_FAILED); --upstream-ca sets the trusted authorities"
                : "the TLS handshake failed: \(text)"
        // The description of the error also names the system call and the error number.
        case let error as IOError: return String(cString: strerror(error.errnoCode))
        default: return "\(error)"
        }
    }
}

extension TLSWords {
    /// The reason for the failure, as seen from the listening side.
    static func ofServer(_ error: any Error) -> String {
        guard case NIOSSLError.handshakeFailed(let reason) = error else { return "\(error)" }
        let text = "\(reason)"
        if text.contains("eofDuringHandshake") { return "it closed during the TLS handshake" }
        // BoringSSL writes its reasons in capitals, after the name of a library.
        guard
            let name = text.ranges(of: "OPENSSL_internal:").last.map({ text[$0.upperBound...] })?
                .prefix(while: { $0.isLetter || $0.isNumber || $0 == "_" }), !name.isEmpty
        else { return "the TLS handshake failed: \(text)" }
        return "the TLS handshake failed: \(name.lowercased().replacing("_", with: " "))"
    }
}
