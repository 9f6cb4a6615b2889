import ArgumentParser
import Foundation
import PlainText
import Terminal

/// Runs the command that the arguments name. Messages of the argument parser (help, version, wrong
/// usage) are written like all other output, so that a failed write is detected.
@main
enum Main {
    /// Not asynchronous: an asynchronous main begins after the main queue has opened descriptors.
    static func main() {
        occupyStandardDescriptors()
        // A closed reader is a write error, handled where it occurs.
        signal(SIGPIPE, SIG_IGN)
        Task { exit(await run()) }
        dispatchMain()
    }

    /// A new descriptor gets the lowest free number. With standard input, output or error closed, an
    /// event, a socket or a file would get theirs, and text would be written into it. Reads and writes
    /// of the descriptors opened here fail.
    private static func occupyStandardDescriptors() {
        for number in STDIN_FILENO...STDERR_FILENO where fcntl(number, F_GETFD) == -1 {
            _ = unsafe open("/dev/null", number == STDIN_FILENO ? O_WRONLY : O_RDONLY)
        }
    }

    /// The process's exit code.
    private static func run() async -> Int32 {
        let arguments = Array(CommandLine.arguments.dropFirst())
        do {
            try SubcommandNames.check(arguments, of: Sluice.self)
            var command = try await Sluice.asyncParseAsRoot(arguments)
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
            return ExitCode.success.rawValue
        } catch {
            return report(error)
        }
    }

    /// Prints an error; returns the process's exit code.
    private static func report(_ error: any Error) -> Int32 {
        if let code = reported(error) { return code.rawValue }
        let code = Sluice.exitCode(for: error)
        let message = Sluice.fullMessage(for: error).escapedForTerminal(keepingLayout: true)
        guard !message.isEmpty else { return code.rawValue }
        let isAnswer = code == .success
        do {
            let output: TextOutput = isAnswer ? .standardOutput : .standardError
            try output.write(message + "\n")
            return code.rawValue
        } catch {
            // A failure that cannot be printed keeps its exit code.
            return isAnswer ? report(error) : code.rawValue
        }
    }
}
