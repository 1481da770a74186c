import SparringAPI
import SparringExchange
import SparringWire

/// Checks that an `Authorization` header (bearer or browser-style Basic) is present; any credentials are accepted.
enum Credentials {
    static func isPresent(in request: Request) -> Bool { !(request.call.authorization?.isEmpty ?? true) }

    /// The key as sent: after `Bearer`, or as the password of Basic; nil without a key.
    static func key(of request: Request) -> String? {
        guard let field = request.call.authorization, let space = field.firstIndex(of: " ") else { return nil }
        let value = field[field.index(after: space)...].drop { $0 == " " }
        switch field[..<space].lowercased() {
        case "bearer": return value.isEmpty ? nil : String(value)
        case "basic":
            guard let pair = Base64.decode(value), let colon = pair.firstIndex(of: UInt8(ascii: ":")) else {
                return nil
            }
            let password = String(decoding: pair[(colon + 1)...], as: UTF8.self)
            return password.isEmpty ? nil : password
        default: return nil
        }
    }

    static let missing = APIError(
        status: 401,
        message:
            "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth "
            + "(i.e. Authorization: Bearer YOUR_KEY), or as the password field (with blank username) if you're accessing the API "
            + "from your browser and are prompted for a username and password. You can obtain an API key from "
            + "https://platform.openai.com/account/api-keys.",
        headers: ["www-authenticate": "Basic realm=\"OpenAI API\""])
}
