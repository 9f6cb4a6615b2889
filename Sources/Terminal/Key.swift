/// A key that was pressed.
package enum Key: Equatable, Sendable {
    case character(Character)
    /// A letter with Ctrl.
    case control(Character)
    case up, down, left, right, home, end, pageUp, pageDown
    case enter, backspace, delete, tab, escape
}
