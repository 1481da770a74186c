import NIOCore

/// Interim responses, such as `HTTP/1.1 100 Continue` (RFC 9110 §15.2).
enum InterimResponse {
    static func bytes(_ status: Int, _ allocator: ByteBufferAllocator) -> ByteBuffer {
        let reason = [100: "Continue", 102: "Processing", 103: "Early Hints"][status] ?? "Interim"
        return allocator.buffer(string: "HTTP/1.1 \(status) \(reason)\r\n\r\n")
    }
}
