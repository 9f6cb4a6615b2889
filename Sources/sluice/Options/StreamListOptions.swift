import ArgumentParser
import Engine
import Foundation
import PlainText
import Terminal
import Wire

/// Which streams to list, and how.
struct StreamListOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Only names with this prefix.", valueName: "text"))
    var prefix = ""

    @Flag(help: "Also list streams that have ended.")
    var ended = false

    @Option(help: ArgumentHelp("The most streams to list (default: all).", valueName: "number"))
    var limit: Int?

    @Flag(help: "JSON lines; the default when the output is not a terminal.")
    var json = false

    func validate() throws {
        if let limit, limit < 1 { throw ValidationError("--limit must be above 0") }
    }

    /// Lists page by page.
    func write(_ page: (ControlList) throws -> StreamListing) throws {
        let output = ListOutput(isJSON: json || !TextOutput.standardOutput.isTerminal)
        var left = limit ?? .max
        var request = ControlList()
        request.prefix = prefix
        request.includesEnded = ended
        var isFirst = true
        repeat {
            request.limit = min(left, 500)
            let listing = try page(request)
            try output.write(listing.streams, isFirst: isFirst)
            isFirst = false
            left -= listing.streams.count
            request.after = listing.next
        } while request.after != nil && left > 0
    }
}

/// Streams as lines.
private struct ListOutput {
    let isJSON: Bool

    private static let titles = ["where", "epoch", "tokens", "messages", "last input", "stream"]
    private static let table = TextTable(
        titles, widths: [8, 6, 12, 9, 19, 0], leftColumns: [0, 4, 5])

    func write(_ streams: [ListedStream], isFirst: Bool) throws {
        let output = TextOutput.standardOutput
        if isJSON {
            for stream in streams { try output.write(stream.controlJSON() + [0x0A]) }
        } else {
            let lines = ((isFirst ? [Self.titles] : []) + streams.map(cells)).map(Self.table.row)
            try output.write(lines.map { $0 + "\n" }.joined())
        }
    }

    private func cells(_ stream: ListedStream) -> [String] {
        let name = stream.stream.escapedForTerminal()
        return [
            stream.residence.rawValue, "\(stream.epoch)", "\(stream.tokens)",
            stream.messages.map { "\($0)" } ?? "-", stream.lastInput.map(localTime) ?? "-",
            name + (stream.isQuarantined == true ? "  (quarantined)" : ""),
        ]
    }
}

/// `2026-01-31 17:04:59`, local time.
private func localTime(_ seconds: Double) -> String {
    let formatter = DateFormatter()
    formatter.locale = Locale(identifier: "en_US_POSIX")
    formatter.dateFormat = "yyyy-MM-dd HH:mm:ss"
    return formatter.string(from: Date(timeIntervalSince1970: seconds))
}
