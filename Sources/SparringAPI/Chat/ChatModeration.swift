import SparringJSON

/// `moderation` in a chat answer: always the error that the API sends if moderation fails.
///
/// Sparring cannot judge content, and an invented verdict would be misleading.
enum ChatModeration {
    static func write(to writer: inout JSONWriter) {
        writer.object { writer in
            for name: StaticString in ["input", "output"] {
                writer.member(name) { writer in
                    writer.object { writer in
                        writer.member("type", "error")
                        writer.member("code", "sparring_not_emulated")
                        writer.member("message", "Sparring: moderation in an answer is not emulated.")
                    }
                }
            }
        }
    }
}
