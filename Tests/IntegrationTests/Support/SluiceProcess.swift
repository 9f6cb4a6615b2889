import Foundation
import Synchronization
import TestSupport
import Testing

/// A failing test ends within this time instead of hanging.
let patience = Duration.seconds(60)

/// The `sluice` executable, or another program, as a user runs it: a process of its own.
///
/// Every wait is bounded; one that is over fails with what the process has written so far.
final class SluiceProcess: Sendable {
    /// What a finished process left. A process that a signal ended has its negative as status.
    struct Result: Sendable {
        let status: Int32
        let output: String
        let errors: String

        var lines: [String] { output.split(separator: "\n").map(String.init) }
    }

    /// Beside the test bundle, where the build puts both.
    static let executable: URL = {
        let tests = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        return tests.deletingLastPathComponent().appending(path: "sluice")
    }()

    static let python = URL(filePath: "/usr/bin/python3")

    let pid: Int32
    let input: FileHandle
    /// Where a daemon without a configured store has it: nothing of the user's is touched.
    private let state: TemporaryFolder
    private let process: Mutex<Process>
    private let output: CollectedText
    private let errors: CollectedText
    private let ending = Ending()
    private let ended = DispatchSemaphore(value: 0)

    init(
        _ arguments: [String], environment: [String: String] = [:], executable: URL = executable
    ) throws {
        let process = Process()
        let state = try TemporaryFolder()
        self.state = state
        let (input, output, errors) = (Pipe(), Pipe(), Pipe())
        process.executableURL = executable
        process.arguments = arguments
        // SLUICE_KILLS is for the tests; a daemon would take it for a key of its configuration.
        process.environment = ProcessInfo.processInfo.environment
            .filter { $0.key != "SLUICE_KILLS" }
            .merging(["XDG_STATE_HOME": state.path, "XDG_RUNTIME_DIR": state.path]) { $1 }.merging(
                environment
            ) { $1 }
        process.standardInput = input
        process.standardOutput = output
        process.standardError = errors
        self.input = input.fileHandleForWriting
        self.output = CollectedText(output.fileHandleForReading)
        self.errors = CollectedText(errors.fileHandleForReading)
        let (ending, ended) = (ending, ended)
        process.terminationHandler = { process in
            let isSignal = process.terminationReason == .uncaughtSignal
            ending.set(isSignal ? -process.terminationStatus : process.terminationStatus)
            ended.signal()
        }
        try process.run()
        pid = process.processIdentifier
        self.process = Mutex(process)
    }

    private final class Ending: Sendable {
        private let value = Mutex<Int32>(0)
        func set(_ status: Int32) { value.withLock { $0 = status } }
        var status: Int32 { value.withLock { $0 } }
    }

    deinit { process.withLock { if $0.isRunning { kill($0.processIdentifier, SIGKILL) } } }

    var outputSoFar: String { output.text }
    var errorsSoFar: String { errors.text }

    func signal(_ number: Int32) { kill(pid, number) }

    /// Waits for a text on the standard error, such as the log's `serving`.
    func waitForErrors(containing text: String) throws {
        try errors.wait {
            $0.contains(text)
        } orFail: {
            failure("its errors to have \(text)")
        }
    }

    func waitForOutput(containing text: String) throws {
        try waitForOutput("to have \(text)") { $0.contains(text) }
    }

    func waitForOutput(_ what: String, until isThere: (String) -> Bool) throws {
        try output.wait(until: isThere) { failure("its output \(what)") }
    }

    /// Whether the output came to this within the time.
    func hasOutput(within time: Duration, _ isThere: (String) -> Bool) -> Bool {
        output.wait(within: time, until: isThere)
    }

    /// Whether its errors came to this within the time.
    func hasErrors(within time: Duration, _ isThere: (String) -> Bool) -> Bool {
        errors.wait(within: time, until: isThere)
    }

    /// Waits until a file is open in it: one whose opening waits is not.
    func waitUntilItHasOpen(_ path: String) throws {
        let place = URL(filePath: path).resolvingSymlinksInPath().path
        let folder = URL(filePath: "/proc/\(pid)/fd")
        let deadline = ContinuousClock.now + patience
        func isOpen() -> Bool {
            let files = FileManager.default
            return ((try? files.contentsOfDirectory(atPath: folder.path)) ?? []).contains {
                let link = folder.appending(path: $0).path
                return (try? files.destinationOfSymbolicLink(atPath: link)) == place
            }
        }
        while !isOpen() {
            guard ContinuousClock.now < deadline else { throw failure("it to open \(path)") }
            // There is no event to wait for.
            usleep(1000)
        }
    }

    /// Waits until the process has ended and all it wrote has been read.
    func finish() throws -> Result {
        guard ended.wait(timeout: .now() + patience.seconds) == .success else {
            let failure = failure("it to end")
            signal(SIGKILL)
            throw failure
        }
        ended.signal()
        try output.waitForEnd { failure("the end of its output") }
        try errors.waitForEnd { failure("the end of its errors") }
        return Result(status: ending.status, output: output.text, errors: errors.text)
    }

    /// Writes the rest of the standard input.
    func finishInput(_ text: String = "") throws {
        // Whoever ends before reading it all breaks the pipe; that shows in the result.
        try? input.write(contentsOf: Data(text.utf8))
        try input.close()
    }

    /// Runs to the end, with this as the standard input.
    static func run(
        _ arguments: [String], input: String = "", environment: [String: String] = [:],
        executable: URL = executable
    ) throws -> Result {
        let process = try SluiceProcess(
            arguments, environment: environment, executable: executable)
        try process.finishInput(input)
        return try process.finish()
    }

    private func failure(_ what: String) -> TimeIsOver {
        TimeIsOver(
            description: "waited too long for \(what); output: \(output.text.suffix(3000))"
                + "\nerrors: \(errors.text.suffix(3000))")
    }
}

struct TimeIsOver: Error, CustomStringConvertible {
    let description: String
}

extension Duration {
    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}

/// Whether clients in Python can be run.
func hasPyZMQ() -> Bool {
    let result = try? SluiceProcess.run(
        ["-c", "import zmq"], executable: SluiceProcess.python)
    return result?.status == 0
}
