/// How full a mailbox is, and how long it was too full.
package struct MailboxLoad: Sendable {
    /// Of what was handed over and not released yet.
    package let weight: Int
    /// Seconds that producers have waited for room, all together.
    package let waited: Double

    package init(weight: Int, waited: Double) { (self.weight, self.waited) = (weight, waited) }
}
