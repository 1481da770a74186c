import SparringExchange
import SparringWire

/// Identifies requests: equal for equal requests in this process.
enum Fingerprint {
    /// A digest of method, path and body: the same in every run and session.
    static func digest(of request: Request, path: Substring) -> UInt64 {
        var hash = FNV1a()
        hash.add(request.method.utf8)
        hash.add(path.utf8)
        hash.add(0)
        hash.add(request.body)
        return hash.value
    }

    /// The fingerprint of a request whose body is still arriving. It is unique, because the body cannot be compared
    /// yet.
    static func ofUpload(connection: Int, _ now: Moment) -> UInt64 {
        var hasher = Hasher()
        hasher.combine(connection)
        hasher.combine(now)
        return UInt64(bitPattern: Int64(hasher.finalize()))
    }

    static func of(_ request: Request) -> UInt64 {
        var hasher = Hasher()
        hasher.combine(request.method)
        hasher.combine(request.target)
        hasher.combine(ByteMix.hash(request.body))
        return UInt64(bitPattern: Int64(hasher.finalize()))
    }
}

extension RequestPipeline {
    /// Identifies the request among those of its session. With a store, equal at all servers, which `Hasher` is not.
    var requestFingerprint: UInt64 {
        sessions.turns == nil ? Fingerprint.of(request) : Fingerprint.digest(of: request, path: request.target[...])
    }

    /// The fingerprint of a form without its boundary, which differs in every attempt.
    func requestFingerprint(_ form: FormIntake) -> UInt64 {
        var bodiless = self
        bodiless.request.body = []
        return bodiless.requestFingerprint ^ UInt64(bitPattern: Int64(form.fingerprint))
    }
}
