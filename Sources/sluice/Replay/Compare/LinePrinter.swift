import Terminal

/// Prints styled lines, each in the place of a progress line.
struct LinePrinter {
    let look: StyledLine.Look
    let width: Int
    let progress: ProgressLine

    init(_ colors: ColorOptions, atLeast columns: Int, _ progress: ProgressLine) {
        look = colors.choice.look
        width = max(columns, TextOutput.standardOutput.columns ?? 100)
        self.progress = progress
    }

    func line() -> StyledLine { StyledLine(width: width, look: look) }

    func print(_ line: StyledLine) throws {
        progress.clear()
        try TextOutput.standardOutput.write(line.text + "\n")
    }
}
