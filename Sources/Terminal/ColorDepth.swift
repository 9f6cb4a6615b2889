/// How many colours to write.
package enum ColorDepth: Sendable {
    case none
    /// The 256 colours of xterm.
    case palette
    /// 24 bits.
    case full

    /// - Parameter environment: `NO_COLOR` (no-color.org), `TERM` and `COLORTERM` count.
    package static func chosen(
        by choice: ColorChoice, isTerminal: Bool, environment: [String: String]
    ) -> ColorDepth {
        switch choice {
        case .never: .none
        case .always: offered(by: environment)
        case .auto:
            isTerminal && environment["NO_COLOR", default: ""].isEmpty
                && environment["TERM"] != "dumb"
                ? offered(by: environment) : .none
        }
    }

    private static func offered(by environment: [String: String]) -> ColorDepth {
        ["truecolor", "24bit"].contains(environment["COLORTERM"]) ? .full : .palette
    }
}
