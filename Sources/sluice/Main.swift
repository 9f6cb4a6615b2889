import ArgumentParser
import Client
import Foundation

/// Runs the command that the arguments name. What the parser itself has to say (help, versions, wrong
/// usage) is written as everything else is, so that an output that takes nothing is noticed.
@main
enum Main {
    static func main() async {
        // A reader that goes is an error of writing, which is handled where it happens.
        signal(SIGPIPE, SIG_IGN)
        let arguments = Array(CommandLine.arguments.dropFirst())
        do {
            try SubcommandNames.check(arguments, of: Sluice.self)
            var command = try await Sluice.asyncParseAsRoot(arguments)
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch {
            exit(told(error))
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
                let output: Client.OutputStream = isAnswer ? .standardOutput : .standardError
                try output.write(message + "\n")
            }
        } catch {
            // What could not be said of a failure does not make it another one.
            return isAnswer ? Sluice.exitCode(for: error).rawValue : code.rawValue
        }
        return code.rawValue
    }
}
