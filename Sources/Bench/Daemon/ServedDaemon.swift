import Client
import Files
package import Foundation
package import ZeroMQ

/// `sluice serve` as a separate process, so that its CPU seconds are separate from the driver's.
package final class ServedDaemon {
    package let input: Endpoint
    package let output: Endpoint
    private let process = Process()
    /// Its configuration and its store.
    private let folder: TemporaryFolder
    let log = StatisticsLog()
    /// Nil where connections are not encrypted.
    let client: SocketOptions.CurveClient?

    /// How long reading a large model may take.
    private static let patience = 120.0

    /// Starts this program, and waits until it listens.
    ///
    /// - Parameters:
    ///   - place: the folder of its store, for as long as it runs.
    ///   - isEncrypted: whether its sockets are, by CURVE.
    ///   - arguments: further flags of `serve`.
    /// - Throws: `ServedDaemonError`, `CocoaError`, `CurveKeyError`.
    package init(
        durability: BenchDurability, in place: URL, isEncrypted: Bool = false,
        _ arguments: [String]
    ) throws {
        folder = try TemporaryFolder("sluice-bench", in: place)
        let configuration = folder.file("sluice.toml")
        let keys = isEncrypted ? BenchKeys() : nil
        client = keys?.client
        let text = durability.configuration(store: folder.file("store.sqlite"))
        try Data((text + (keys?.write(in: folder.url) ?? "")).utf8).write(to: configuration)
        let errors = Pipe()
        process.executableURL = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        let anywhere = "tcp://127.0.0.1:*"
        process.arguments =
            ["serve", "--config", configuration.path, "--in", anywhere, "--out", anywhere]
            + arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = errors
        do {
            try process.run()
        } catch {
            throw ServedDaemonError(log: error.localizedDescription)
        }
        log.read(errors.fileHandleForReading)
        let line = log.waitForLine(with: ["in", "out"], until: .now() + Self.patience)
        guard let line, let input = StatisticsLog.value("in", in: line),
            let output = StatisticsLog.value("out", in: line)
        else {
            process.terminate()
            process.waitUntilExit()
            throw ServedDaemonError(log: log.lastLines)
        }
        self.input = try Endpoint(input, for: .connect)
        self.output = try Endpoint(output, for: .connect)
    }

    deinit {
        if process.isRunning { process.terminate() }
        process.waitUntilExit()
    }

    /// CPU seconds of all its threads so far.
    ///
    /// - Throws: `ServedDaemonError` if it has ended.
    var cpu: Double {
        get throws(ServedDaemonError) {
            guard let seconds = CPUTime.of(process: process.processIdentifier) else {
                throw ServedDaemonError(log: log.lastLines)
            }
            return seconds
        }
    }
}

/// The daemon to be measured did not start, or has ended.
package struct ServedDaemonError: Error, CustomStringConvertible {
    let log: String

    package var description: String { "the daemon to be measured has ended:\n\(log)" }
}
