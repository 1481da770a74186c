import SparringAPI
import SparringEngine
import SparringExchange
import SparringJSON
import SparringScenario
import SparringWire

extension MockServer {
    /// The page with the exchanges of this server inside, as one file.
    ///
    /// - Parameters:
    ///   - time: when the run ended, in Unix seconds.
    ///   - most: the maximum number of bytes of all exchanges in the file; if there are more, the oldest are left
    ///     out, and the page says so.
    package func page(of exchanges: KeptExchanges, at time: Int, most: Int = 200_000_000) -> [UInt8] {
        let (kept, dropped) = exchanges.all
        let bound = exchanges.bounds.bodyBytes
        var entries: [StoredPage.Entry] = []
        var (size, cut) = (0, 0)
        for (position, item) in kept.enumerated().reversed() {
            let entry = StoredPage.Entry(
                row: row(item, key: position), rest: item.rest(most: bound, explanation: explanation(item)))
            guard size + entry.size <= most else { break }
            size += entry.size
            cut += item.isCut(at: bound) ? 1 : 0
            entries.append(entry)
        }
        let leftOut = dropped + kept.count - entries.count
        var notes: [String] = []
        if leftOut > 0 {
            notes.append(
                "\(leftOut) older exchanges are not in this file, which holds at most \(exchanges.bounds.exchanges) exchanges and "
                    + "\(most / 1_000_000) MB. The numbers include the older exchanges.")
        }
        if cut > 0 {
            notes.append("\(cut) exchanges have a body that is cut after \(bound >> 10) kB.")
        }
        let stored: JSONValue = [
            "title": .string(
                "Run of scenario \(engine.scenario.name), seed \(engine.seed), until \(HTTPDate.text(unixSeconds: time))"
            ),
            "base": .string(baseURL), "notes": .strings(notes), "missing": .int(leftOut),
        ]
        return StoredPage.document(live: report(stored), entries.reversed())
    }

    /// The report that the live page would get, without exchanges.
    private func report(_ stored: JSONValue) -> JSONValue {
        let live = responder.admin.live
        guard case .object(var report) = live.json(since: now, limit: 0, now: now) else { return .null }
        report["stored"] = stored
        return .object(report)
    }

    /// `key` replaces session and number, which begin again when a session is reset.
    private func row(_ kept: KeptExchanges.Kept, key: Int) -> JSONValue {
        var row = LiveReport.row(of: kept.exchange, call: kept.call)
        row["key"] = .int(key)
        return .object(row)
    }

    /// Nil if the server no longer has the whole body or the scenario.
    private func explanation(_ kept: KeptExchanges.Kept) -> [String]? {
        let exchange = kept.exchange
        guard kept.requestBytes == exchange.request.body.count,
            let scenario = engine.sessions.existing(exchange.session)?.world.scenario
        else { return nil }
        let explanation = try? Explanation(
            of: exchange.request.body, endpoint: exchange.decision.endpoint, in: scenario)
        return (explanation?.lines ?? []).map(Redaction.text)
    }
}

extension KeptExchanges.Kept {
    func isCut(at most: Int) -> Bool { requestBytes > most || answerBytes > most }

    /// The parts of an exchange that its panel shows and its row does not: headers, body, answer, and why its rule answered.
    /// - Parameter explanation: nil if it is not known.
    func rest(most: Int, explanation: [String]?) -> JSONValue {
        let full = KeptExchanges.fullEntry(of: exchange, most: most, requestBytes: requestBytes)
        var rest = JSONObject()
        for name in ["headers", "body", "body_base64", "body_withheld", "body_bytes"] {
            if let value = full[name] { rest[name] = value }
        }
        for member in AnswerShelf.json(answer, of: answerBytes, most: most).members { rest[member.name] = member.value }
        if let explanation { rest["explanation"] = .strings(explanation) }
        return .object(rest)
    }
}
