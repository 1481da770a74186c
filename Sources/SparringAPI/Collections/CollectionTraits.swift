/// What Sparring knows about the objects of one collection in addition to their schema: the form of their ids, their
/// statuses and their expiry.
///
/// Source: ids and statuses in the examples of the API reference (https://platform.openai.com/docs/api-reference); other ids begin with the
/// name of their collection in the singular.
package struct CollectionTraits: Sendable, Hashable {
    /// The beginning of an id: `eval_`.
    package var prefix: String
    /// The number of letters and digits after the prefix.
    package var digits = 32
    /// The values of the object's members `object` and `status`, if the document allows any text there. If a value is nil, the document
    /// decides.
    package var object: String?
    package var status: String?
    /// The status of an object while it works. If this status is nil, the objects of this collection do no work.
    package var working: String?
    /// The status when the object's work has ended.
    package var ended = "completed"
    /// The time from the object's creation to its expiry, in seconds. If the lifetime is nil, the object does not expire.
    package var lifetime: Int?
    /// The status after the object's expiry.
    package var expired = "expired"

    /// - Parameter path: the path of the collection, with `/v1`.
    package static func of(_ path: String) -> CollectionTraits {
        if let known = known[path] { return known }
        let word = path.split(separator: "/").last { !$0.hasPrefix("{") } ?? "object"
        return CollectionTraits(prefix: singular(word) + "_")
    }

    private static func singular(_ word: Substring) -> String {
        if word.hasSuffix("ies") { return word.dropLast(3) + "y" }
        return String(word.hasSuffix("s") ? word.dropLast() : word)
    }

    private static let known: [String: CollectionTraits] = [
        "/v1/agents/sessions": CollectionTraits(prefix: "agsess_"),
        "/v1/assistants": CollectionTraits(prefix: "asst_", digits: 24),
        "/v1/audio/voice_consents": CollectionTraits(prefix: "cons_"),
        "/v1/containers": CollectionTraits(
            prefix: "cntr_", object: "container", status: "running", lifetime: 20 * 60),
        "/v1/containers/{container_id}/files": CollectionTraits(prefix: "cfile_"),
        "/v1/evals": CollectionTraits(prefix: "eval_"),
        "/v1/evals/{eval_id}/runs": CollectionTraits(prefix: "evalrun_", working: "queued"),
        "/v1/organization/admin_api_keys": CollectionTraits(prefix: "key_", digits: 16),
        "/v1/organization/certificates": CollectionTraits(prefix: "cert_"),
        "/v1/organization/invites": CollectionTraits(prefix: "invite-", digits: 24, lifetime: 7 * 86_400),
        "/v1/organization/projects": CollectionTraits(prefix: "proj_", digits: 24),
        "/v1/organization/projects/{project_id}/service_accounts": CollectionTraits(prefix: "svc_acct_", digits: 24),
        "/v1/skills/{skill_id}/versions": CollectionTraits(prefix: "skillver_"),
        "/v1/threads": CollectionTraits(prefix: "thread_", digits: 24),
        "/v1/threads/{thread_id}/messages": CollectionTraits(prefix: "msg_", digits: 24),
        "/v1/threads/{thread_id}/runs": CollectionTraits(prefix: "run_", digits: 24, working: "queued", lifetime: 600),
        "/v1/videos": CollectionTraits(prefix: "video_", working: "queued"),
        "/v1/videos/characters": CollectionTraits(prefix: "char_"),
        "/v1/webhook_endpoints": CollectionTraits(prefix: "we_"),
    ]
}
