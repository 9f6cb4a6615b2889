import ArgumentParser
import Client
import Foundation
import Terminal

/// Options of all commands that show text shaded by sentiment and surprisal, or JSON lines.
struct ColorOptions: ParsableArguments {
    @OptionGroup var choice: ColorChoiceOptions

    @Flag(help: "JSON lines; the default when the output is not a terminal.")
    var json = false

    /// `less -R` is not a terminal, but colours imply text.
    var showsJSON: Bool {
        json || (!TextOutput.standardOutput.isTerminal && choice.color != .always)
    }

    var renderer: TranscriptRenderer {
        TranscriptRenderer(
            depth: choice.depth,
            showsStatus: TextOutput.standardOutput.isTerminal
                && ProcessInfo.processInfo.environment["TERM"] != "dumb")
    }

    /// For a command that prints as it reads: JSON lines on a terminal show the progress.
    var progress: ProgressLine {
        ProgressLine(isWanted: !(showsJSON && TextOutput.standardOutput.isTerminal))
    }
}
