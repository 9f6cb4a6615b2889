import Synchronization

/// The connection that a message came by.
package struct GateSender: Sendable {
    private let account: GateLedger.Account

    init(_ account: GateLedger.Account) { self.account = account }

    /// No other connection of the gate has had this number.
    package var id: UInt64 { account.connection }
    /// `127.0.0.1:40000`, or `process 17, user 0`.
    package var peer: String { account.peer }

    /// A message of it was refused because of a limit.
    package func noteRefusal() { account.refused.add(1, ordering: .relaxed) }
}
