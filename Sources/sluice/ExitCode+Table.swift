import ArgumentParser
import Glibc

/// The exit codes of all commands, by sysexits(3).
extension ExitCode {
    static let usage = ExitCode(64)
    static let badData = ExitCode(65)
    static let noInput = ExitCode(66)
    static let unavailable = ExitCode(69)
    static let internalError = ExitCode(70)
    static let cannotCreate = ExitCode(73)
    static let ioError = ExitCode(74)
    static let tryAgain = ExitCode(75)
    static let denied = ExitCode(77)
    static let badConfiguration = ExitCode(78)
    static let interrupted = ExitCode(128 + SIGINT)
    /// As of a filter that SIGPIPE ended. Nothing is printed.
    static let readerGone = ExitCode(128 + SIGPIPE)

    private static let meanings: [(code: ExitCode, meaning: [String])] = [
        (.success, ["success"]),
        (.failure, ["any other failure; `replay verify` found a difference"]),
        (.usage, ["wrong usage"]),
        (.badData, ["the model or the data is damaged, or a message was refused"]),
        (.noInput, ["an input file or a stream does not exist"]),
        (.unavailable, ["cannot bind or connect, or no answer"]),
        (.internalError, ["an internal error"]),
        (
            .cannotCreate,
            [
                "the folder of a model or a training cannot be created, or the disk is full;",
                "there is a file or a store already",
            ]
        ),
        (.ioError, ["reading or writing failed"]),
        (
            .tryAgain,
            [
                "not every message was acknowledged, or the daemon was busy; run the same",
                "command again",
            ]
        ),
        (.denied, ["the daemon does not accept the key, or the key does not allow this"]),
        (.badConfiguration, ["the configuration or the recipe is wrong or missing"]),
        (
            .interrupted,
            [
                "a benchmark, a measurement, a verification, an export, a backup or a training",
                "was interrupted",
            ]
        ),
        (.readerGone, ["the reader of the output has closed it, as `head` does"]),
    ]

    /// For the help: a line for each code.
    static let table = meanings.map { code, meaning in
        let number = String(code.rawValue)
        let gap = String(repeating: " ", count: 5 - number.count)
        return "  " + number + gap + meaning.joined(separator: "\n       ")
    }.joined(separator: "\n")
}
