import NIOHPACK
import NIOHTTP2

extension NIOHTTP2Handler.ConnectionConfiguration {
    /// What a client is told in our first SETTINGS, and what it may do to us.
    /// - Parameter window: of each request's body, instead of the usual 65535 bytes.
    static func ours(_ limits: Limits, window: Int?) -> Self {
        var configuration = Self()
        configuration.initialSettings = [
            HTTP2Setting(parameter: .maxConcurrentStreams, value: limits.concurrentStreams),
            // What is larger, and not by far, is answered 431; what is far larger ends the connection.
            HTTP2Setting(parameter: .maxHeaderListSize, value: 2 * limits.headBytes),
        ]
        if let window {
            configuration.initialSettings.append(HTTP2Setting(parameter: .initialWindowSize, value: window))
        }
        // A request is held against its length by ourselves, and is told so; an answer may lie.
        configuration.contentLengthValidation = .disabled
        // A client under test cancels often, and acknowledges floods.
        configuration.controlFrameRateLimit.maximumCount = 20_000
        return configuration
    }
}

extension NIOHTTP2Handler.StreamConfiguration {
    static var ours: Self {
        var configuration = Self()
        configuration.streamResetFrameRateLimit.maximumCount = 20_000
        return configuration
    }
}
