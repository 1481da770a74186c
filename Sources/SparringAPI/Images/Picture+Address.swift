package import SparringWire

/// The address under which the server draws an image again. The address contains everything that the image shows.
/// Therefore no image is stored, and an address never expires.
extension Picture {
    package static let path = "/v1/images/sparring.png"

    /// The path and the query of the address.
    var address: String {
        let ground = isTransparent ? "&transparent=1" : ""
        return "\(Self.path)?size=\(width)x\(height)&seed=\(seed)\(ground)&prompt=\(PercentEncoding.encode(prompt))"
    }

    /// Reads the query of an address; nil if the query has no valid size.
    package init?(_ query: QueryItems) {
        guard let size = query["size"].flatMap(ImageSize.init), (1...Self.longestEdge).contains(size.width),
            (1...Self.longestEdge).contains(size.height)
        else { return nil }
        self.init(
            prompt: String((query["prompt"] ?? "").prefix(Self.longestPrompt)), width: size.width, height: size.height,
            seed: query["seed"].flatMap { Int($0) } ?? 0)
        isTransparent = query["transparent"] == "1"
    }

    private static let longestEdge = 3_840
}
