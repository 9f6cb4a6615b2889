import Foundation
import Synchronization

/// The `sluice` executable as a user runs it: a process of its own.
final class SluiceProcess: Sendable {
    /// What a finished process left.
    struct Result: Sendable {
        let status: Int32
        let output: String
        let errors: String
    }

    /// Beside the test bundle, where the build puts both.
    static let executable: URL = {
        let tests = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        return tests.deletingLastPathComponent().appending(path: "sluice")
    }()

    private let process: Mutex<Process>
    private let output: CollectedText
    private let errors: CollectedText
    private let ended: AsyncStream<Int32>
    let input: FileHandle

    init(
        _ arguments: [String], environment: [String: String] = [:], executable: URL = executable
    ) throws {
        let process = Process()
        let (input, output, errors) = (Pipe(), Pipe(), Pipe())
        process.executableURL = executable
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardInput = input
        process.standardOutput = output
        process.standardError = errors
        let (ended, end) = AsyncStream<Int32>.makeStream()
        process.terminationHandler = { process in
            let isSignal = process.terminationReason == .uncaughtSignal
            end.yield(isSignal ? -process.terminationStatus : process.terminationStatus)
            end.finish()
        }
        self.output = CollectedText(output.fileHandleForReading)
        self.errors = CollectedText(errors.fileHandleForReading)
        self.ended = ended
        self.input = input.fileHandleForWriting
        try process.run()
        self.process = Mutex(process)
    }

    deinit { process.withLock { if $0.isRunning { kill($0.processIdentifier, SIGKILL) } } }

    var pid: Int32 { process.withLock { $0.processIdentifier } }

    func signal(_ number: Int32) { kill(pid, number) }

    /// Waits for a text on the standard error, such as the log's `serving`.
    func waitForErrors(containing text: String) async { await errors.wait(for: text) }

    func waitForOutput(containing text: String) async { await output.wait(for: text) }

    var outputSoFar: String { output.text }
    var errorsSoFar: String { errors.text }

    /// Waits until the process has ended and all it wrote has been read.
    func finish() async -> Result {
        var status: Int32 = -1
        for await code in ended { status = code }
        return Result(status: status, output: await output.whole(), errors: await errors.whole())
    }

    /// Runs to the end, with this as the standard input.
    static func run(
        _ arguments: [String], input: String = "", environment: [String: String] = [:]
    ) async throws -> Result {
        let process = try SluiceProcess(arguments, environment: environment)
        try process.input.write(contentsOf: Data(input.utf8))
        try process.input.close()
        return await process.finish()
    }
}

/// Text read from a pipe as it comes, which can be waited for.
final class CollectedText: Sendable {
    private struct State {
        var bytes: [UInt8] = []
        var hasEnded = false
        var waiters: [(text: String?, resume: CheckedContinuation<Void, Never>)] = []

        var text: String { String(decoding: bytes, as: UTF8.self) }

        mutating func takeReady() -> [CheckedContinuation<Void, Never>] {
            let text = text
            let isReady = { (waited: String?) in
                self.hasEnded || (waited.map { text.contains($0) } ?? false)
            }
            let ready = waiters.filter { isReady($0.text) }.map(\.resume)
            waiters.removeAll { isReady($0.text) }
            return ready
        }
    }

    private let state = Mutex(State())

    init(_ handle: FileHandle) {
        let thread = Thread { [self] in
            while true {
                let data = handle.availableData
                change { state in
                    state.bytes += data
                    state.hasEnded = data.isEmpty
                }
                if data.isEmpty { return }
            }
        }
        thread.start()
    }

    var text: String { state.withLock { $0.text } }

    /// Returns when this text has been read, or the pipe has ended.
    func wait(for text: String) async { await wait(text) }

    /// All that was written, once the pipe has ended.
    func whole() async -> String {
        await wait(nil)
        return text
    }

    private func wait(_ text: String?) async {
        await withCheckedContinuation { continuation in
            change { $0.waiters.append((text, continuation)) }
        }
    }

    private func change(_ body: (inout State) -> Void) {
        let ready = state.withLock { state in
            body(&state)
            return state.takeReady()
        }
        for continuation in ready { continuation.resume() }
    }
}
