import ArgumentParser
import Client
import Foundation
import Terminal

/// How to show a running text; for all commands that do.
struct ColorOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            Shade the text by sentiment and surprise: auto (on a terminal, unless NO_COLOR is \
            set), always or never.
            """, valueName: "when"))
    var color = ColorChoice.auto

    @Flag(help: "The same as --color never.")
    var noColor = false

    @Flag(help: "JSON lines, which is the default when the output is no terminal.")
    var json = false

    func validate() throws {
        if noColor, color == .always {
            throw ValidationError("--no-color and --color always exclude each other")
        }
    }

    /// `less -R` is no terminal, but whoever asks for colours has text in mind.
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
