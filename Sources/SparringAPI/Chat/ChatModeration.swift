import SparringJSON

/// `moderation` in an answer to a request that asks for it: what the API says where it could not judge.
///
/// Nothing here can tell what is harmful, and a made-up verdict would be taken for one.
enum ChatModeration {
    static func write(to writer: inout JSONWriter) {
        writer.object { writer in
            for name: StaticString in ["input", "output"] {
                writer.member(name) { writer in
                    writer.object { writer in
                        writer.member("type", "error")
                        writer.member("code", "sparring_not_emulated")
                        writer.member("message", "Sparring: moderation beside an answer is not emulated.")
                    }
                }
            }
        }
    }
}
