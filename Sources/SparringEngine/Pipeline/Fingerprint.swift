import SparringExchange
import SparringWire

/// Identifies requests: the fingerprint is equal for equal requests at all servers that share a store.
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

    /// The fingerprint of a request whose body is still arriving. The fingerprint is unique, because the body cannot be compared yet.
    static func ofUpload(connection: Int, _ now: Moment) -> UInt64 {
        var hasher = Hasher()
        hasher.combine(connection)
        hasher.combine(now)
        return UInt64(bitPattern: Int64(hasher.finalize()))
    }

    static func of(_ request: Request) -> UInt64 {
        var bytes = head(of: request)
        bytes.add(request.body)
        return bytes.value
    }

    /// The fingerprint of a form without its boundary, which differs in every attempt.
    static func of(_ request: Request, _ form: FormIntake) -> UInt64 {
        head(of: request).value ^ form.fingerprint
    }

    private static func head(of request: Request) -> ByteMix {
        var bytes = ByteMix()
        bytes.add(request.method)
        bytes.add(request.target)
        return bytes
    }
}
