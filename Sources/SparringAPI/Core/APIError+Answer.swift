import SparringJSON
package import SparringWire

extension APIError {
    /// The error as an answer.
    package func answer(context: AnswerInput, ids: inout IDMint) -> Answer {
        let isRouting = layout == .routing
        var headers =
            isRouting
            ? StandardHeaders.routing(contentType: "application/json; charset=utf-8", context: context, ids: &ids)
            : StandardHeaders.fields(
                contentType: "application/json", context: context, ids: &ids,
                rateLimits: context.errorsReportLimits ? context.rateLimits : nil)
        if layout == .sound, status == 401 { headers["content-type"] = "text/plain; charset=utf-8" }
        for field in self.headers.fields { headers[field.name] = field.value }
        var writer = JSONWriter(style: isRouting ? .wide : .pretty, reserving: 256)
        writer.object { writer in
            writer.member("error") { writer in
                writer.object { writer in
                    writer.member("message", message)
                    writer.member("type", type)
                    writer.member("param", orNull: param)
                    writer.member("code", orNull: code)
                }
            }
            guard layout == .sound else { return }
            if status == 401 { writer.member("status", status) }
            if status == 413 { writer.member("usage", ["type": "duration", "seconds": 0]) }
        }
        if isRouting { writer.raw("\n") }
        var answer = Answer(status: status, headers: headers, body: .whole(writer.bytes))
        answer.error = code ?? type
        return answer
    }
}
