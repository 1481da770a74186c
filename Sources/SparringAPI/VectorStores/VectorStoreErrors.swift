/// The errors about vector stores.
///
/// Source: messages quoted in the clients and servers of public repositories ("No vector store found with id", "Expected an
/// ID that begins with", "has expired").
extension APIError {
    package static func vectorStoreNotFound(_ id: String) -> APIError {
        guard id.hasPrefix("vs_") else { return wrongPrefix("vector_store_id", id, "vs") }
        return APIError(status: 404, message: "No vector store found with id '\(id)'.", param: "vector_store_id")
    }

    package static func vectorStoreFileNotFound(_ id: String, in store: String) -> APIError {
        guard id.hasPrefix("file") else { return wrongPrefix("file_id", id, "file") }
        return APIError(
            status: 404, message: "No file found with id '\(id)' in vector store '\(store)'.", param: "file_id")
    }

    package static func vectorStoreBatchNotFound(_ id: String) -> APIError {
        guard id.hasPrefix("vsfb_") else { return wrongPrefix("batch_id", id, "vsfb") }
        return APIError(status: 404, message: "No file batch found with id '\(id)'.", param: "batch_id")
    }

    package static func vectorStoreExpired(_ id: String) -> APIError {
        APIError(message: "Vector store '\(id)' has expired.", param: "vector_store_id")
    }

    package static func batchCannotBeCancelled(_ id: String, _ status: VectorStoreFile.Status) -> APIError {
        APIError(message: "Cannot cancel file batch '\(id)' with status '\(status.rawValue)'.", param: "batch_id")
    }

    static func wrongPrefix(_ name: String, _ id: String, _ prefix: String) -> APIError {
        APIError(
            message: "Invalid '\(name)': '\(id)'. Expected an ID that begins with '\(prefix)'.", param: name,
            code: "invalid_value")
    }
}
