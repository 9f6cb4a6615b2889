package import Files

/// Why a terminal cannot be used.
package enum TerminalError: Error, Equatable, CustomStringConvertible {
    case noTerminal
    case noRawMode(Errno)
    case unreadable(Errno)

    package var description: String {
        switch self {
        case .noTerminal: "standard input and output are no terminal"
        case .noRawMode(let reason): "the terminal's mode cannot be set: \(reason)"
        case .unreadable(let reason): "cannot read the terminal: \(reason)"
        }
    }
}
