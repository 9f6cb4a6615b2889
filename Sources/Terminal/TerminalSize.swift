internal import Glibc

/// The size of a terminal's screen, in characters.
package struct TerminalSize: Equatable, Sendable {
    package var columns: Int
    package var rows: Int

    /// Of a terminal that does not tell.
    package static let standard = TerminalSize(columns: 80, rows: 24)

    package init(columns: Int, rows: Int) {
        self.columns = columns
        self.rows = rows
    }

    /// Nil where the descriptor is no terminal, or the terminal does not tell.
    init?(of descriptor: CInt) {
        var size = winsize()
        guard unsafe ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else {
            return nil
        }
        columns = Int(size.ws_col)
        rows = size.ws_row > 0 ? Int(size.ws_row) : Self.standard.rows
    }
}
