import Debugger
import Engine

/// Where the outcome of edits goes.
protocol WhatIfOutput {
    mutating func write(_ row: WhatIf.Row) throws
    mutating func finish(_ summary: WhatIfSummary) throws
}

/// JSON lines: tokens, then `{"message": {…}}` of each, then `{"summary": {…}}`.
struct WhatIfLines: WhatIfOutput {
    private struct Token: Encodable {
        let token: UInt64
        let message: UInt64
        let text: String
        let surprisal: Float?
        let sentiment: Float?

        init?(_ point: SessionPoint?) {
            guard let point, let token = point.token else { return nil }
            self.token = point.position - 1
            message = token.message
            text = String(decoding: token.bytes, as: UTF8.self)
            surprisal = token.surprisal
            sentiment = token.sentiment?.score
        }
    }

    private struct Row: Encodable {
        let recorded: Token?
        let edited: Token?
        let overwritten: Bool?
        let distanceH: Double?
        let distanceC: Double?
    }

    private struct Message: Encodable {
        let recorded: UInt64?
        let edited: UInt64?
        let epoch: UInt64?
        let isEdited: Bool
        let recordedScore: Float?
        let editedScore: Float?
    }

    private struct Summary: Encodable {
        let changed: Bool
        let tokensAfter: Int
        let belowOnePercentAfter: Int?
        let equalAfter: Int?
        let largestEffect: Double
        let finalEffect: Double?
        let recordedSurprisal: Double?
        let editedSurprisal: Double?
    }

    func write(_ row: WhatIf.Row) throws {
        try JSONRows.write(
            Row(
                recorded: Token(row.recorded), edited: Token(row.edited),
                overwritten: row.isOverwritten ? true : nil, distanceH: row.distance?.h,
                distanceC: row.distance?.c))
    }

    func finish(_ summary: WhatIfSummary) throws {
        for message in summary.messages {
            let slot = message.slot
            try JSONRows.write([
                "message": Message(
                    recorded: slot.recorded?.message, edited: slot.edited?.message,
                    epoch: (slot.recorded ?? slot.edited)?.epoch, isEdited: slot.isEdited,
                    recordedScore: message.recorded, editedScore: message.edited)
            ])
        }
        try JSONRows.write([
            "summary": Summary(
                changed: summary.isChanged, tokensAfter: summary.tokensAfter,
                belowOnePercentAfter: summary.fadedAfter, equalAfter: summary.equalAfter,
                largestEffect: summary.largestEffect, finalEffect: summary.finalEffect,
                recordedSurprisal: summary.surprisal?.recorded,
                editedSurprisal: summary.surprisal?.edited)
        ])
    }
}
