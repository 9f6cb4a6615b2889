/// A row, or what several rows say together, is not what was written.
struct RowDamage: Error {
    let part: String
    let message: String

    init(part: String, _ message: String) {
        self.part = part
        self.message = message
    }
}
