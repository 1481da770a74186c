extension FuzzTarget {
    package static let all: [FuzzTarget] = [
        requests, chunkedBody, upstreamAnswer, socketFrames, multipart, eventStream, base64, json, schema, scenario,
        cases, settings, openAPI,
        call, faultLine, pattern, template, har, recordings, httprr, mitmproxy, cassetteLines, cassetteFile, journal,
        contentCoding, driverLine, traceParent, shownBytes,
    ]
}
