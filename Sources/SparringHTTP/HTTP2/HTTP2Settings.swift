import NIOHPACK
import NIOHTTP2

extension NIOHTTP2Handler.ConnectionConfiguration {
    /// The settings of Sparring's first SETTINGS frame, with the limits for the client.
    /// - Parameter window: the window for each request's body; if nil, the default of 65535 bytes.
    static func ours(_ limits: ConnectionLimits, window: Int?) -> Self {
        var configuration = Self()
        configuration.initialSettings = [
            HTTP2Setting(parameter: .maxConcurrentStreams, value: limits.concurrentStreams),
            // A head slightly above the limit is answered with 431. A head far above it ends the connection.
            HTTP2Setting(parameter: .maxHeaderListSize, value: 2 * limits.headBytes),
        ]
        if let window {
            configuration.initialSettings.append(HTTP2Setting(parameter: .initialWindowSize, value: window))
        }
        // A request's length is checked by `StreamRequest`, which answers with an error; an answer's length may be
        // wrong on purpose.
        configuration.contentLengthValidation = .disabled
        // Clients under test often cancel requests and acknowledge floods of frames.
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
