import SparringAPI
import SparringExchange
import SparringWire

/// The images whose addresses are in answers.
extension RequestPipeline {
    /// Draws the image of an address again. Needs no key, as the API's addresses of images do not.
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
