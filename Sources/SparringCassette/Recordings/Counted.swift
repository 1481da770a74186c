/// Formats counts with the singular or plural noun.
package enum Counted {
    package static func exchanges(_ count: Int) -> String { count == 1 ? "1 exchange" : "\(count) exchanges" }
}
