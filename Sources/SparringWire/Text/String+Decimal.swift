extension String {
    /// The number in decimal. `String(number)` takes three times as long, and an answer's head has seven numbers.
    package init(decimal number: Int) {
        guard number >= 0, number < 1_000_000_000_000_000 else {
            self = String(number)
            return
        }
        // Up to fifteen bytes are stored in the string itself, without an allocation.
        self = String(unsafeUninitializedCapacity: 15) { buffer in
            var text = TextCursor(buffer)
            text.put(decimal: number)
            return text.count
        }
    }
}
