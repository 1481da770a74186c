import SparringAPI
import SparringExchange
import SparringWire

/// The images whose addresses answers contain.
extension RequestPipeline {
    /// Draws the image of an address again. The request needs no key, as in the API.
    mutating func picture(_ address: RequestAddress) -> PlannedExchange {
        guard request.method == "GET" || request.method == "HEAD" else {
            return refuse(address, Router.wrong(request.method, address.path))
        }
        guard let picture = Picture(QueryItems(target: request.target)) else {
            return refuse(address, Router.unknown(request.method, address.path))
        }
        let headers: HeaderFields = ["content-type": "image/png", "access-control-allow-origin": "*"]
        return auxiliary(
            address, endpoint: nil, Answer(status: 200, headers: headers, body: .whole(picture.png)))
    }
}
