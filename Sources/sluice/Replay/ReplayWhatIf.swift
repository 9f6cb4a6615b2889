import ArgumentParser
import Client
import Debugger
import Engine
import Model
import Replay
import Storage
import Terminal

struct ReplayWhatIf: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "whatif",
        abstract: "Replay a stream with edited text or an edited state.",
        discussion: """
            Plays the stored stream twice from the nearest checkpoint before the first edit: as \
            recorded, and edited. Prints what changes: surprisal and sentiment of the tokens that \
            both have, the distance of the states (of h and c, relative to their norms), after how \
            many tokens that is below 1%, and the scores of the messages. The store is not changed.

              sluice replay whatif reviews --replace 3='Wonderful. I want to see it again.'
              sluice replay whatif reviews --drop 5
              sluice replay whatif reviews --insert 4='A word in between.'
              sluice replay whatif reviews --set 'h[0][5]=0 at 120'       after token 120
              sluice replay whatif reviews --zero-layer '1 at 120'
              sluice replay whatif reviews --drop 0 --set 'c[1][37]=-2.5 at 80' --context 100
              sluice replay whatif reviews --drop 5 | jq 'select(.summary)'

            Messages are counted from 0 in the epoch, tokens from 0 in the edited incarnation. The \
            output is a table on a terminal, otherwise JSON lines: each token, each message, the \
            summary.
            """)

    @OptionGroup var session: SessionOptions

    @Option(
        help: ArgumentHelp("Replace the text of a message.", valueName: "message=text"),
        transform: parsedMessageText)
    var replace: [MessageText] = []

    @Option(help: ArgumentHelp("Leave a message out.", valueName: "message"))
    var drop: [UInt64] = []

    @Option(
        help: ArgumentHelp("Insert a message before this one.", valueName: "message=text"),
        transform: parsedMessageText)
    var insert: [MessageText] = []

    @Option(
        help: ArgumentHelp(
            "Set the value of a unit after a token, such as 'h[0][5]=0 at 120'.",
            valueName: "unit=value at token"))
    var set: [String] = []

    @Option(
        help: ArgumentHelp(
            "Zero h and c of a layer after a token, such as '1 at 120'.",
            valueName: "layer at token"))
    var zeroLayer: [String] = []

    @Option(
        help: ArgumentHelp(
            "The epoch in which messages are counted (default: 0).", valueName: "number"))
    var epoch: UInt64 = 0

    @Option(help: ArgumentHelp("Tokens to show after the last edit.", valueName: "number"))
    var context = 30

    @Flag(help: "Print every token from the checkpoint on.")
    var all = false

    @OptionGroup var colors: ColorOptions

    func validate() throws {
        if context < 0 { throw ValidationError("--context is at least 0") }
        let named = replace.map(\.message) + drop
        for message in named where named.count(where: { $0 == message }) > 1 {
            throw ValidationError("message \(message) is replaced or dropped more than once")
        }
    }

    func run() throws {
        let interruption = try Interruption.ofSignals()
        let session = try session.open()
        let whatIf = try WhatIf(session, edits: edits(session), epoch: epoch)
        let progress = colors.progress
        defer { progress.clear() }
        var output: any WhatIfOutput =
            colors.showsJSON
            ? WhatIfLines()
            : WhatIfTable(
                context: all ? nil : context,
                printer: LinePrinter(colors, atLeast: 70, progress))
        while !interruption.isRequested, let row = try whatIf.next() {
            try output.write(row)
            if let position = (row.recorded ?? row.edited)?.position {
                progress.show("reading: token \(position) (Ctrl-C stops)")
            }
        }
        guard !interruption.isRequested else { throw ExitCode.interrupted }
        try output.finish(whatIf.summary)
    }

    private func edits(_ session: Session) throws -> [Edit] {
        let messages =
            replace.map { Edit.replace(message: $0.message, text: $0.text) }
            + drop.map { Edit.drop(message: $0) }
            + insert.map { Edit.insert(message: $0.message, text: $0.text) }
        guard !set.isEmpty || !zeroLayer.isEmpty else { return messages }
        let model = try PointReader(session).model.config
        var states: [Edit] = []
        for expression in set { states.append(try Edit(setting: expression, for: model)) }
        for expression in zeroLayer { states.append(try Edit(zeroing: expression, for: model)) }
        return messages + states
    }
}

/// `3=text`
struct MessageText: Sendable {
    let message: UInt64
    let text: String
}

func parsedMessageText(_ text: String) throws -> MessageText {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, let message = UInt64(parts[0]) else {
        throw ValidationError("expected a message's number and a text, such as 3='Some text.'")
    }
    guard !parts[1].isEmpty else {
        throw ValidationError("the text is empty; use --drop to leave a message out")
    }
    return MessageText(message: message, text: String(parts[1]))
}
