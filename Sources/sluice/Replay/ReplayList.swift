import ArgumentParser
import Bench
import Client
import Engine
import Model
import PlainText
import Storage
import Terminal
import Wire

struct ReplayList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the streams that a store holds.",
        discussion: """
            Prints one line for each incarnation of a stream: a table on a terminal, otherwise \
            JSON lines. An incarnation (life) is a stream from its first text to its end. The \
            column `last` is the time of the last request from outside; requests of the daemon \
            itself, such as an eviction, do not count.

              sluice replay list
              sluice replay list reviews/             names that begin with this
              sluice replay list | jq -r 'select(.state == "alive") | .stream'
              sluice replay list --store bug.sluice
            """)

    @Argument(help: "List names that begin with this (default: all).")
    var prefix = ""

    @Option(name: [.customShort("n"), .long], help: "List at most this many incarnations.")
    var limit: Int?

    @Flag(help: "JSON lines; the default when the output is not a terminal.")
    var json = false

    @OptionGroup var store: StoreOptions

    /// Incarnations that are held in memory at a time.
    private static let page = 256

    func validate() throws {
        if let limit, limit < 1 { throw ValidationError("--limit is at least 1") }
    }

    func run() throws {
        let interruption = try Interruption.ofSignals()
        let storage = try store.storage
        let reader = try storage.makeReader()
        let showsJSON = json || !TextOutput.standardOutput.isTerminal
        var list = StreamList(showsJSON: showsJSON)
        var unnamed: StorageError?
        var last: StreamIncarnation?
        var left = limit ?? .max
        while left > 0, !interruption.isRequested {
            let page = try reader.summaries(
                SummarySelection(prefix: prefix, after: last, limit: min(Self.page, left))
            ) { unnamed = unnamed ?? $0 }
            try TextOutput.standardOutput.write(list.text(of: page))
            guard let final = page.last else { break }
            last = final.incarnation
            left -= page.count
        }
        if last == nil, unnamed == nil { try sayNothingIsThere(storage.name) }
        if let damage = unnamed ?? list.damage { throw damage }
    }

    private func sayNothingIsThere(_ path: String) throws {
        let found = prefix.isEmpty ? "no stream" : "no stream whose name begins with '\(prefix)'"
        try TextOutput.standardError.write(
            "sluice: \(path) holds \(found)\n".escapedForTerminal(keepingLayout: true))
    }
}

/// Incarnations as rows of a table, or as JSON lines.
struct StreamList {
    let showsJSON: Bool
    /// Of the first stream that is damaged.
    private(set) var damage: StorageError?
    /// With names as wide as those of the first page.
    private var table: TextTable?

    init(showsJSON: Bool) { self.showsJSON = showsJSON }

    mutating func text(of page: [IncarnationSummary]) -> String {
        damage = damage ?? page.lazy.compactMap(\.damage).first
        if showsJSON { return page.map { Self.line($0).description + "\n" }.joined() }
        guard !page.isEmpty else { return "" }
        var rows = page.map(Self.cells)
        let longest = rows.map { $0[0].columns }.max() ?? 0
        let table =
            table
            ?? TextTable(
                Self.titles, widths: [min(48, max(6, longest)), 4, 7, 5, 8, 9, 19, 19, 16])
        if self.table == nil { rows.insert(Self.titles, at: 0) }
        self.table = table
        return rows.map { table.row($0) + "\n" }.joined()
    }

    private static let titles = [
        "stream", "life", "state", "epoch", "requests", "tokens", "began", "last", "model",
    ]

    private static func cells(_ summary: IncarnationSummary) -> [String] {
        [
            summary.incarnation.name.text.escapedForTerminal(), "\(summary.incarnation.number)",
            summary.state, "\(summary.epoch)", "\(summary.requests)", "\(summary.tokens)",
            shortTime(summary.incarnation.began), shortTime(summary.lastInput),
            summary.modelText?.prefix(16).description ?? "-",
        ]
    }

    private static func shortTime(_ seconds: Double?) -> String {
        seconds.map { String(Timestamp.text($0).prefix(19)).replacing("T", with: " ") } ?? "-"
    }

    private static func line(_ summary: IncarnationSummary) -> JSONLine {
        var line = JSONLine()
        line.add("stream", summary.incarnation.name.text)
        line.add("life", summary.incarnation.number)
        line.add("state", summary.state)
        line.add("damage", optional: summary.damage?.description)
        line.add("began", Timestamp.text(summary.incarnation.began))
        line.add("ended", optional: summary.ended.map(Timestamp.text))
        line.add("first", optional: summary.firstTime.map(Timestamp.text))
        line.add("last", optional: summary.lastInput.map(Timestamp.text))
        line.add("requests", summary.requests)
        line.add("forgotten", summary.cut)
        line.add("epoch", summary.epoch)
        line.add("tokens", summary.tokens)
        line.add("model", optional: summary.modelText)
        return line
    }
}

extension IncarnationSummary {
    /// `alive`, `evicted`, `ended` or `damaged`.
    fileprivate var state: String {
        if damage != nil { return "damaged" }
        if ended != nil || lastOperation == .end { return "ended" }
        return lastOperation == .evict ? "evicted" : "alive"
    }

    fileprivate var modelText: String? {
        model.flatMap { Fingerprint(bytes: $0)?.hex }
    }
}
