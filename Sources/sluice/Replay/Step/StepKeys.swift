import Debugger
import Terminal

/// What a key of `replay step` does.
enum StepKeys {
    enum Action {
        case perform(StepCommand)
        /// Type a command, which begins like this.
        case type(sign: String, start: String)
        case help
        case quit
        case suspend
        case redraw
        case nothing
    }

    static func action(of key: Key) -> Action {
        switch key {
        case .character("n"), .character(" "), .right: .perform(.tokens(1))
        case .character("p"), .left: .perform(.tokens(-1))
        case .pageDown: .perform(.tokens(50))
        case .pageUp: .perform(.tokens(-50))
        case .character("N"), .down: .perform(.messages(1))
        case .character("P"), .up: .perform(.messages(-1))
        case .home: .perform(.go("start"))
        case .end: .perform(.go("end"))
        case .character("c"): .perform(.resume(backwards: false))
        case .character("C"): .perform(.resume(backwards: true))
        case .character("B"): .perform(.listBreakpoints)
        case .character("g"): .type(sign: "go to ", start: "go ")
        case .character("b"): .type(sign: "stop where ", start: "break ")
        case .character("d"): .type(sign: "remove breakpoint ", start: "delete ")
        case .character("/"): .type(sign: "/", start: "/")
        case .character("\\"): .type(sign: "\\", start: "\\")
        case .character("="): .type(sign: "= ", start: "print ")
        case .character(":"): .type(sign: ":", start: "")
        case .character("?"), .character("h"): .help
        case .character("q"), .control("c"), .control("d"): .quit
        case .control("z"): .suspend
        case .control("l"): .redraw
        default: .nothing
        }
    }
}
