import ArgumentParser
import PlainText
import Terminal

/// Runs a command's body. An error is printed and becomes its documented exit code.
func reportingFailure<Result>(_ body: () throws -> Result) throws -> Result {
    do {
        return try body()
    } catch {
        throw reported(error)
    }
}

/// Runs a command's body. An error is printed and becomes its documented exit code.
///
/// - Parameter print: prints the line of an error.
func reportingAsyncFailure<Result>(
    by print: (String) -> Void = printError, _ body: () async throws -> Result
) async throws -> Result {
    do {
        return try await body()
    } catch {
        throw reported(error, by: print)
    }
}

private func printError(_ line: String) {
    try? TextOutput.standardError.write(line + "\n")
}

private func reported(
    _ error: any Error, by print: (String) -> Void = printError
) -> any Error {
    // The argument parser prints its own errors with the usage.
    guard let code = ExitCode(of: error) else { return error }
    guard code != .readerGone else { return code }
    let text = "\(error)".escapedForTerminal(keepingLayout: true)
    print("sluice: \(text)")
    return code
}
