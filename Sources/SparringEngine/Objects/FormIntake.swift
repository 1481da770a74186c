import SparringAPI
import SparringExchange
import SparringJSON
import SparringWire
import Synchronization

/// Reads a form while it arrives: keeps the fields and writes files to the store piece by piece.
final class FormIntake: BodyIntake {
    private struct State {
        var parser: MultipartParser
        var form = Form()
        /// Measures an audio file without keeping it; nil if files are stored.
        var sound: SoundReader?
        /// The header of the current part.
        var head: MultipartHead?
        /// All bytes of a field, or the bytes of a file that are not in the store yet.
        var held: [UInt8] = []
        var fieldBytes = 0
        var bytes = ByteMix()
        var problem: APIError?
    }

    let limit: Int
    private let store: any ObjectStore
    private let hearsSound: Bool
    private let state: Mutex<State>

    /// The maximum number of bytes of all fields that are not files.
    private static let longestFields = 1 << 20
    /// The size of the pieces in which a file is written to the store.
    private static let pieceBytes = 256 * 1024

    /// - Parameters:
    ///   - contentType: the request's content type.
    ///   - hearsSound: true if files are audio. Audio is measured and not stored.
    /// - Throws: an error if the content type names no boundary.
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
            // Errors are reported when the whole form has arrived, because a client that is still sending does not
            // read.
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
            for text in [head.name, head.filename ?? "", head.contentType ?? ""] { state.bytes.add(text) }
            guard let filename = head.filename else { return }
            guard !hearsSound else { return state.sound = SoundReader() }
            state.form.files.append(
                Form.File(
                    name: head.name, filename: filename, contentType: head.contentType, blob: try store.makeBlob()))
        case .data(let bytes):
            state.bytes.add(bytes)
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

    /// The complete form.
    /// - Throws: the first error in the form. The form's files are then discarded.
    func form() throws(APIError) -> Form {
        let (form, problem) = state.withLock { state in
            (state.form, state.problem ?? (state.parser.isComplete ? nil : .brokenForm("its last boundary is missing")))
        }
        guard let problem else { return form }
        abandon()
        throw problem
    }

    /// The fingerprint is equal for equal forms, even if their boundaries differ.
    var fingerprint: UInt64 { state.withLock { $0.bytes.value } }

    func abandon() {
        let blobs = state.withLock { state in
            defer { state.form.files = [] }
            return state.form.files.map(\.blob)
        }
        // If the store fails here, the bytes stay in the store until the server ends.
        _ = try? store.commit(blobs.map { .discard($0) })
    }
}

extension APIError {
    /// The API's own wording of this error is not known.
    static func brokenForm(_ reason: String) -> APIError {
        APIError(message: "Sparring: this multipart form cannot be read: \(reason).", code: "sparring_form")
    }
}
