package import SparringJSON
package import SparringWire

/// How to ask a gateway for the amounts that it has booked for a client's key. Part of the adapter file.
package struct SpendInterface: Sendable, Hashable {
    /// The path and query at the gateway's host, such as `/key/info?key={key}`. `{key}` stands for the client's key.
    package var path: String
    /// The key of the request; nil if the client's own key may ask.
    package var key: String?
    /// Further fields of the request's head.
    package var headers: HeaderFields
    /// Where each figure stands in the JSON answer. At least one.
    package var places: [SpendFigure: JSONPath]
    /// The longest time between the end of a call and its booking.
    package var within: Duration

    /// The default of `within`.
    package static let usualWithin = Duration.seconds(5)
    /// The placeholder for the client's key.
    package static let placeholder = "{key}"

    package init(
        path: String, key: String? = nil, headers: HeaderFields = HeaderFields(), places: [SpendFigure: JSONPath],
        within: Duration = SpendInterface.usualWithin
    ) {
        self.path = path
        self.key = key
        self.headers = headers
        self.places = places
        self.within = within
    }

    /// The request target for a client's key, which is percent-encoded (RFC 3986 §2.1).
    package func target(for key: String) -> String {
        path.replacing(Self.placeholder, with: PercentEncoding.encode(key))
    }

    /// The head of the request for a client's key.
    package func fields(for client: String) -> HeaderFields {
        var fields: HeaderFields = ["authorization": "Bearer \(key ?? client)"]
        for field in headers.fields {
            if field.name.lowercased() == "authorization" { fields = HeaderFields() }
        }
        for field in headers.fields { fields.append(field.name, field.value) }
        return fields
    }
}

/// A figure that a gateway may book for a key.
package enum SpendFigure: String, Sendable, Hashable, CaseIterable {
    /// Dollars.
    case cost
    /// Requests that an upstream answered.
    case requests
    /// Input and output tokens.
    case tokens

    /// The name in the ledger.
    package var name: String { self == .cost ? "dollars" : rawValue }
}

/// The amounts that are booked for the keys of clients that are one and the same key.
package struct SpendAccount: Sendable, Hashable {
    /// The names of the key in the adapter file.
    package var names: [GatewayCall.Key]
    package var booked: Result<[SpendFigure: Double], SpendProblem>

    package init(names: [GatewayCall.Key], booked: Result<[SpendFigure: Double], SpendProblem>) {
        self.names = names
        self.booked = booked
    }

    /// `usual`, or `usual, budget`.
    package var name: String { names.map(\.rawValue).joined(separator: ", ") }

    /// The amounts that were booked after `earlier` was read. A figure that stands in only one of the readings is left out.
    package func since(_ earlier: SpendAccount?) -> SpendAccount {
        guard let earlier else { return SpendAccount(names: names, booked: .failure(.missing)) }
        let added: Result<[SpendFigure: Double], SpendProblem> =
            switch (earlier.booked, booked) {
            case (.failure(let problem), _), (_, .failure(let problem)): .failure(problem)
            case (.success(let before), .success(let after)):
                .success(
                    after.reduce(into: [:]) { sum, item in sum[item.key] = before[item.key].map { item.value - $0 } })
            }
        return SpendAccount(names: names, booked: added)
    }
}
