import Foundation

/// A running `sluice`, the one built beside the tests.
final class Command {
    struct Result {
        let code: Int32
        let output: String
        let errors: String
    }

    private let task = Process()
    private let output = Pipe()
    private let errors = Pipe()
    private var errorsSeen = Data()

    init(_ arguments: [String]) throws {
        task.executableURL = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
            .deletingLastPathComponent().appending(path: "sluice")
        task.arguments = arguments
        task.standardInput = FileHandle.nullDevice
        task.standardOutput = output
        task.standardError = errors
        try task.run()
    }

    var process: Int32 { task.processIdentifier }

    /// Reads on until these words have come, or the standard error ends.
    func awaitErrors(containing words: String) {
        while !String(decoding: errorsSeen, as: UTF8.self).contains(words) {
            let more = errors.fileHandleForReading.availableData
            guard !more.isEmpty else { return }
            errorsSeen += more
        }
    }

    /// What it wrote fits into the pipes, so they may be read one after the other.
    func wait() -> Result {
        let text = output.fileHandleForReading.readDataToEndOfFile()
        errorsSeen += errors.fileHandleForReading.readDataToEndOfFile()
        task.waitUntilExit()
        return Result(
            code: task.terminationReason == .exit ? task.terminationStatus : -1,
            output: String(decoding: text, as: UTF8.self),
            errors: String(decoding: errorsSeen, as: UTF8.self))
    }
}
