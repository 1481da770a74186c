import ArgumentParser

/// The formats of `gateway check` and `gateway overhead`.
enum GatewayFormat: String, CaseIterable, ExpressibleByArgument {
    case text
    case json
}
