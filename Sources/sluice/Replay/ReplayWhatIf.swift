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
        abstract: "See what would have come of other text, or another state.",
        discussion: """
            Reads the stored stream twice from the nearest checkpoint before the first edit: as it \
            was, and edited; and shows what changes: surprisal and sentiment of the tokens that \
            both have, how far apart the states are (of h and c, as a share of their norms), after \
            how many tokens that is below 1%, and the messages' scores. The store stays as it is.

              sluice replay whatif reviews --replace 3='Wonderful. I want to see it again.'
              sluice replay whatif reviews --drop 5
              sluice replay whatif reviews --insert 4='A word in between.'
              sluice replay whatif reviews --set 'h[0][5]=0 at 120'       behind token 120
              sluice replay whatif reviews --zero-layer '1 at 120'
              sluice replay whatif reviews --drop 0 --set 'c[1][37]=-2.5 at 80' --context 100
              sluice replay whatif reviews --drop 5 | jq 'select(.summary)'

            Messages are counted from 0 in the epoch, tokens in the stream's life, as the edited \
            stream reads them. On a terminal a table; otherwise JSON lines: each token, then each \
            message, then the summary.
            """)

    @OptionGroup var session: SessionOptions

    @Option(
        help: ArgumentHelp("Read this text in place of a message's.", valueName: "message=text"),
        transform: parsedMessageText)
    var replace: [MessageText] = []

    @Option(help: ArgumentHelp("Leave a message out.", valueName: "message"))
    var drop: [UInt64] = []

    @Option(
        help: ArgumentHelp("Read this text before a message.", valueName: "message=text"),
        transform: parsedMessageText)
    var insert: [MessageText] = []

    @Option(
        help: ArgumentHelp(
            "Overwrite a unit's value behind a token, such as 'h[0][5]=0 at 120'.",
            valueName: "unit=value at token"))
    var set: [String] = []

    @Option(
        help: ArgumentHelp(
            "Zero h and c of a layer behind a token, such as '1 at 120'.",
            valueName: "layer at token"))
    var zeroLayer: [String] = []

    @Option(help: ArgumentHelp("Whose messages are meant.", valueName: "number"))
    var epoch: UInt64 = 0

    @Option(
        help: ArgumentHelp("Tokens to show behind the last edit.", valueName: "number"))
    var context = 30

    @Flag(help: "Show every token from the checkpoint on.")
    var all = false

    @OptionGroup var colors: ColorOptions

    func validate() throws {
        if context < 0 { throw ValidationError("--context is at least 0") }
        let named = replace.map(\.message) + drop
        for message in named where named.count(where: { $0 == message }) > 1 {
            throw ValidationError("message \(message) is replaced or dropped twice")
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
                context: all ? nil : context, look: colors.choice.look,
                width: TextOutput.standardOutput.columns ?? 100, progress: progress)
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
        throw ValidationError("a message has some text; --drop leaves one out")
    }
    return MessageText(message: message, text: String(parts[1]))
}
