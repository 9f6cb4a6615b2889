import ArgumentParser
import PlainText
import Terminal

/// Prints the error of a command. Returns its documented exit code; nil for errors of the argument
/// parser, which prints them with the usage.
func reported(_ error: any Error, by print: (String) -> Void = printError) -> ExitCode? {
    guard let code = ExitCode(of: error) else { return nil }
    guard code != .readerGone else { return code }
    print("sluice: \("\(error)".escapedForTerminal(keepingLayout: true))")
    return code
}

private func printError(_ line: String) {
    try? TextOutput.standardError.write(line + "\n")
}
