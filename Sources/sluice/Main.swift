import ArgumentParser
import Foundation
import PlainText
import Terminal

/// Runs the command that the arguments name. What the parser itself has to say (help, versions, wrong
/// usage) is written as everything else is, so that an output that takes nothing is noticed.
@main
enum Main {
    /// Not asynchronous itself: such a function begins when the main queue has its descriptors.
    static func main() {
        occupyStandardDescriptors()
        // A reader that goes is an error of writing, which is handled where it happens.
        signal(SIGPIPE, SIG_IGN)
        Task { exit(await run()) }
        dispatchMain()
    }

    /// What is opened takes the lowest free number. Where standard input, output or error is closed,
    /// that would be theirs, and text would be written into an event, a socket or a file. Reading and
    /// writing of these fail.
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
            return told(error)
        }
    }

    /// Writes what there is to say about an error; the process's exit code.
    private static func told(_ error: any Error) -> Int32 {
        let code = Sluice.exitCode(for: error)
        let message = Sluice.fullMessage(for: error).escapedForTerminal(keepingLayout: true)
        guard !message.isEmpty else { return code.rawValue }
        let isAnswer = code == .success
        do {
            try reportingFailure {
                let output: TextOutput = isAnswer ? .standardOutput : .standardError
                try output.write(message + "\n")
            }
        } catch {
            // What could not be said of a failure does not make it another one.
            return isAnswer ? Sluice.exitCode(for: error).rawValue : code.rawValue
        }
        return code.rawValue
    }
}
