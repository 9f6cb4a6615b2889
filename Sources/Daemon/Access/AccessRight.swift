/// What a key allows.
package enum AccessRight: String, CaseIterable, Sendable {
    /// Send messages to inputs.
    case publish
    /// Receive events.
    case subscribe
    /// Ask the control socket about streams, and change them.
    case control
    /// Ask the control socket for everything else.
    case admin
}
