import ArgumentParser
import Bench
import Client
import Foundation
import Journal
import Model
import Storage
import Terminal

/// How `backup` and `restore` copy a store, and what they print.
struct CopyOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Bytes to copy a second, so that the disk stays quick (default: no limit).",
            valueName: "bytes"))
    var maxRate: Int?

    @Flag(help: "One JSON object; the default when the output is not a terminal.")
    var json = false

    func validate() throws {
        if let maxRate, maxRate < 1 { throw ValidationError("--max-rate is above 0") }
    }

    /// Copies, shows how far that is, and prints what the copy holds.
    ///
    /// - Parameter verb: what was done to the file.
    func run(
        to file: String, verb: String, _ copy: (BackupOptions) throws -> BackupContents
    ) throws {
        let interruption = try Interruption.ofSignals()
        let progress = ProgressLine()
        defer { progress.clear() }
        let contents = try copy(options(interruption, progress))
        progress.clear()
        try report(contents, file: file, verb: verb)
    }

    private func options(
        _ interruption: Interruption, _ progress: ProgressLine
    ) -> BackupOptions {
        var options = BackupOptions()
        options.bytesPerSecond = maxRate
        options.shouldStop = { interruption.isRequested }
        options.pause = { interruption.wait(seconds: $0) }
        options.progress = { part, done in progress.show("\(part.rawValue): \(Int(done * 100))%") }
        return options
    }

    private func report(_ contents: BackupContents, file: String, verb: String) throws {
        let output = TextOutput.standardOutput
        let showsJSON = json || !output.isTerminal
        try output.write(showsJSON ? line(contents, file) : text(contents, file, verb))
    }

    private func line(_ contents: BackupContents, _ file: String) -> String {
        var line = JSONLine()
        line.add("file", file)
        line.add("position", Int(contents.position))
        line.add("commits", Int(contents.commits))
        line.add("requests", contents.requests)
        line.add("streams", contents.streams)
        if let latest = contents.latest { line.add("latest", Self.time(latest)) }
        let models = Self.fingerprints(contents).map { "\"\($0)\"" }.joined(separator: ", ")
        line.add("models", json: "[\(models)]")
        line.add("bytes", contents.bytes)
        return line.description + "\n"
    }

    private func text(_ contents: BackupContents, _ file: String, _ verb: String) -> String {
        let last = contents.latest.map { ", the last of \(Self.time($0))" } ?? ""
        let size = Progress.bytes(Double(contents.bytes))
        return """
            \(verb) \(file): \(size), \(contents.streams) streams, \(contents.requests) requests up to \
            position \(contents.position)\(last)
            models: \(Self.fingerprints(contents).joined(separator: ", "))

            """
    }

    private static func fingerprints(_ contents: BackupContents) -> [String] {
        contents.models.map { Fingerprint(bytes: $0.fingerprint)?.hex ?? "damaged" }
    }

    private static func time(_ seconds: Double) -> String {
        Date(timeIntervalSince1970: seconds).formatted(.iso8601)
    }
}
