import ArgumentParser
import Client
import Foundation
import Terminal

/// Options of all commands that show a running text.
struct ColorOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            Shade the text by sentiment and surprisal: auto (on a terminal, unless NO_COLOR is \
            set), always or never.
            """, valueName: "when"))
    var color = ColorChoice.auto

    @Flag(help: "The same as --color never.")
    var noColor = false

    @Flag(help: "JSON lines; the default when the output is not a terminal.")
    var json = false

    func validate() throws {
        if noColor, color == .always {
            throw ValidationError("--no-color and --color always exclude each other")
        }
    }

    /// `less -R` is not a terminal, but colours imply text.
    var showsJSON: Bool {
        json || (!TextOutput.standardOutput.isTerminal && color != .always)
    }

    var renderer: TranscriptRenderer {
        let isTerminal = TextOutput.standardOutput.isTerminal
        let environment = ProcessInfo.processInfo.environment
        return TranscriptRenderer(
            depth: .chosen(
                by: noColor ? .never : color, isTerminal: isTerminal, environment: environment),
            showsStatus: isTerminal && environment["TERM"] != "dumb")
    }
}

extension ColorChoice: ExpressibleByArgument {}
