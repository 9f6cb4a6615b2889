import ArgumentParser
import Foundation
import Terminal

/// Whether to colour.
struct ColorChoiceOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Use colours: auto (on a terminal, unless NO_COLOR is set), always or never.",
            valueName: "when"))
    var color = ColorChoice.auto

    @Flag(help: "The same as --color never.")
    var noColor = false

    func validate() throws {
        if noColor, color == .always {
            throw ValidationError("--no-color and --color always exclude each other")
        }
    }

    var depth: ColorDepth {
        .chosen(
            by: noColor ? .never : color, isTerminal: TextOutput.standardOutput.isTerminal,
            environment: ProcessInfo.processInfo.environment)
    }

    var look: StyledLine.Look { .init(depth: depth, hasAttributes: depth != .none) }
}

extension ColorChoice: ExpressibleByArgument {}
