import SparringAPI
import SparringExchange
import SparringJSON
import SparringWire
import Synchronization

/// Takes a form as it comes: fields are kept, files go to the store piece by piece.
final class FormIntake: BodyIntake {
    private struct State {
        var parser: MultipartParser
        var form = Form()
        /// A file that is listened to, not kept; nil where files are kept.
        var sound: SoundReader?
        /// The part that has begun.
        var head: MultipartHead?
        /// The bytes of a field, which is short, or of a file that have not been handed to the store.
        var held: [UInt8] = []
        var fieldBytes = 0
        var hasher = Hasher()
        var problem: APIError?
    }

    let limit: Int
    private let store: any ObjectStore
    private let hearsSound: Bool
    private let state: Mutex<State>

    /// What all fields that are no files may come to.
    private static let longestFields = 1 << 20
    /// A file is handed to the store in pieces of this size.
    private static let pieceBytes = 256 * 1024

    /// - Parameters:
    ///   - contentType: of the request.
    ///   - hearsSound: files are sound; what is known of it is kept, and nothing goes to the store.
    /// - Throws: where it names no boundary.
    init(contentType: String, limit: Int, hearsSound: Bool, store: any ObjectStore) throws(APIError) {
        let parameters = HeaderParameters(contentType)
        guard parameters.value == "multipart/form-data", let boundary = parameters["boundary"], !boundary.isEmpty else {
            throw .brokenForm("its content type names no boundary")
        }
        self.limit = limit
        self.store = store
        self.hearsSound = hearsSound
        state = Mutex(State(parser: MultipartParser(boundary: boundary)))
    }

    func receive(_ bytes: [UInt8]) { bytes.withUnsafeBytes { receive($0) } }

    func receive(_ bytes: UnsafeRawBufferPointer) {
        state.withLock { state in
            // What is wrong is said when all of it has come: a client that is still sending does not listen.
            guard state.problem == nil else { return }
            var parser = state.parser
            do {
                try parser.feed(bytes) { try take($0, &state) }
                state.parser = parser
            } catch let problem as MultipartParser.Problem {
                state.problem = .brokenForm(problem.description)
            } catch let problem as StoreProblem {
                state.problem = APIError(problem)
            } catch {
                state.problem = error as? APIError ?? APIError(StoreProblem("\(error)"))
            }
        }
    }

    private func take(_ token: MultipartParser.Token, _ state: inout State) throws {
        switch token {
        case .part(let head):
            state.head = head
            state.hasher.combine(head)
            guard let filename = head.filename else { return }
            guard !hearsSound else { return state.sound = SoundReader() }
            state.form.files.append(
                Form.File(
                    name: head.name, filename: filename, contentType: head.contentType, blob: try store.makeBlob()))
        case .data(let bytes):
            bytes.withUnsafeBytes { state.hasher.combine(bytes: $0) }
            guard state.sound == nil else {
                state.sound?.feed(bytes)
                return
            }
            state.held += bytes
            if state.head?.filename != nil {
                if state.held.count >= Self.pieceBytes { try handOver(&state) }
            } else {
                state.fieldBytes += bytes.count
                guard state.fieldBytes <= Self.longestFields else {
                    throw APIError.brokenForm("its fields are too long")
                }
            }
        case .partEnd:
            guard let head = state.head else { return }
            if let sound = state.sound {
                state.form.add(sound.sound(filename: head.filename).json, named: head.name)
                state.sound = nil
            } else if head.filename == nil {
                state.form.add(.string(String(decoding: state.held, as: UTF8.self)), named: head.name)
                state.held = []
            } else {
                try handOver(&state)
                guard let file = state.form.files.last else { return }
                state.form.add(
                    ["filename": .string(file.filename), "bytes": .int(file.bytes)], named: head.name)
            }
            state.head = nil
        }
    }

    private func handOver(_ state: inout State) throws {
        guard !state.held.isEmpty, let last = state.form.files.indices.last else { return }
        let bytes = state.held
        state.held = []
        try store.append(bytes, to: state.form.files[last].blob)
        state.form.files[last].bytes += bytes.count
    }

    /// What has come, when all has.
    /// - Throws: what was wrong with it; nothing of it is kept then.
    func form() throws(APIError) -> Form {
        let (form, problem) = state.withLock { state in
            (state.form, state.problem ?? (state.parser.isComplete ? nil : .brokenForm("its last boundary is missing")))
        }
        guard let problem else { return form }
        abandon()
        throw problem
    }

    /// Equal for equal forms, whatever their boundary.
    var fingerprint: Int { state.withLock { $0.hasher }.finalize() }

    func abandon() {
        let blobs = state.withLock { state in
            defer { state.form.files = [] }
            return state.form.files.map(\.blob)
        }
        // A store that fails here loses the bytes with the server.
        _ = try? store.commit(blobs.map { .discard($0) })
    }
}

extension APIError {
    /// The API's own words for it are not known.
    static func brokenForm(_ reason: String) -> APIError {
        APIError(message: "Sparring: this multipart form cannot be read: \(reason).", code: "sparring_form")
    }
}
