import PlainText
import Terminal
import Wire

/// The running text of one stream: the token that waits for its sentiment, the bytes of an
/// incomplete character, and the candidates for the next token.
struct StreamTranscript: Sendable {
    struct Piece: Sendable {
        let text: String
        let shade: Shade
    }

    private var assembler = UTF8Assembler()
    private var waiting: (token: UInt64?, prediction: Prediction)?
    private var score: (token: UInt64?, value: Float)?
    private var candidates: [Prediction.Candidate] = []
    /// The reading that the sentiment and the candidates belong to.
    private var reading: Reading?

    /// A run of tokens read by one model. A reset, another model or another incarnation begins the
    /// next.
    private struct Reading {
        let model: String
        let epoch: UInt64
        /// Of the latest `next` event.
        var token: UInt64?

        func goesOn(in next: Reading) -> Bool {
            (model, epoch) == (next.model, next.epoch) && (token ?? 0) <= (next.token ?? .max)
        }
    }

    var isWaiting: Bool { waiting != nil }

    /// The pieces that can be shown after the event.
    ///
    /// A `next` and a `sentiment` event of the same token come in either order; the text is held
    /// for its sentiment only in a stream that has shown sentiment for tokens before.
    mutating func read(_ event: Event) -> [Piece] {
        let left = begins(event) ? forget() : []
        return left + pieces(of: event)
    }

    /// Whether the event is about another reading than those before.
    private mutating func begins(_ event: Event) -> Bool {
        let context = event.context
        var next = Reading(model: context.model, epoch: context.epoch)
        switch event.payload {
        // An error need not belong to a token.
        case .error: return false
        case .next: next.token = context.token
        case .sentiment, .stream: break
        }
        let goesOn = reading?.goesOn(in: next) ?? true
        next.token = next.token ?? (goesOn ? reading?.token : nil)
        reading = next
        return !goesOn || event.payload == .stream(.reset)
    }

    /// Shows what waits, and resets the state.
    private mutating func forget() -> [Piece] {
        let left = finishText()
        (score, candidates) = (nil, [])
        return left
    }

    private mutating func pieces(of event: Event) -> [Piece] {
        switch event.payload {
        case .next(let prediction):
            let released = release()
            candidates = prediction.top
            waiting = (event.context.token, prediction)
            let isComplete = score == nil || score?.token == event.context.token
            return isComplete ? released + release() : released
        case .sentiment(let sentiment) where sentiment.scope == .token:
            let released = waiting?.token == event.context.token ? [] : release()
            score = (event.context.token, sentiment.score)
            return released + release()
        case .sentiment, .stream, .error:
            return release()
        }
    }

    /// The token that waits, with the sentiment known so far.
    mutating func release() -> [Piece] {
        guard let (_, prediction) = waiting else { return [] }
        waiting = nil
        let text = assembler.append(prediction.bytes ?? Array(prediction.text.utf8))
        return [Piece(text: text, shade: shade(prediction.surprisal))]
    }

    /// At the end of a message or of the stream: also the bytes of an incomplete character.
    mutating func finishText() -> [Piece] {
        release() + [Piece(text: assembler.finish(), shade: shade(nil))]
    }

    private func shade(_ surprisal: Float?) -> Shade {
        Shade(sentiment: score?.value, surprisal: surprisal)
    }

    /// The candidates and the present sentiment, nil if neither is known.
    func status(_ depth: ColorDepth) -> String? {
        var parts: [String] = []
        if let score {
            let tone: Tone = score.value < 0 ? .bad : .good
            parts.append(tone.applied(to: signed(score.value), depth: depth))
        }
        if !candidates.isEmpty {
            parts.append(Tone.quiet.applied(to: "next:", depth: depth))
            parts += candidates.map { candidate in
                "\u{2018}\(candidate.text.escapedForTerminal())\u{2019} "
                    + Tone.quiet.applied(to: percent(candidate.probability), depth: depth)
            }
        }
        return parts.isEmpty ? nil : parts.joined(separator: "  ")
    }
}

/// `+0.83`
package func signed(_ score: Float) -> String {
    let hundredths = Int((min(1, max(-1, score)) * 100).rounded())
    let cents = abs(hundredths) % 100
    return "\(hundredths < 0 ? "-" : "+")\(abs(hundredths) / 100).\(cents < 10 ? "0" : "")\(cents)"
}

/// `92%`
func percent(_ probability: Float) -> String {
    "\(Int((min(1, max(0, probability)) * 100).rounded()))%"
}
