import Digests
package import Model
import Tokenizer
import Wire

/// All that a snapshot has of a stream, except the values of its state: the result of `show`.
package struct StreamReport: Codable, Equatable, Sendable {
    package var stream: String
    /// The model's fingerprint: 64 hexadecimal digits.
    package var model: String
    package var epoch: UInt64
    /// Tokens, bytes and complete messages of this epoch.
    package var tokens: UInt64
    package var offset: UInt64
    package var messages: UInt64
    /// Tokens and messages of all epochs of this incarnation.
    package var incarnationTokens: UInt64
    package var incarnationMessages: UInt64
    /// Events of the topics `stream` and `error` so far.
    package var streamEvents: UInt64
    package var errorEvents: UInt64
    /// Where the message that is being read began; nil between messages.
    package var messageStart: UInt64?
    /// Bytes of the text that no token covers yet, and as text; nil without the model.
    package var heldBack: HeldBack?
    package var lastToken: LastToken?
    package var sentiment: Score?
    package var isQuarantined: Bool
    /// Of each vector of the state: `h0`, `c0`, `h1`, …; nil without the model.
    package var norms: [Norm]?
    /// Floats of the state.
    package var values: Int
    /// Of the model and the state, 32 hexadecimal digits: equal for equal states.
    package var digest: String

    private enum CodingKeys: String, CodingKey {
        case stream, model, epoch, tokens, offset, messages
        case incarnationTokens = "lifeTokens"
        case incarnationMessages = "lifeMessages"
        case streamEvents, errorEvents, messageStart, heldBack, lastToken, sentiment
        case isQuarantined, norms, values, digest
    }

    package struct HeldBack: Codable, Equatable, Sendable {
        package var bytes: Int
        /// U+FFFD stands for what is no whole character.
        package var text: String
    }

    package struct LastToken: Codable, Equatable, Sendable {
        package var id: Int32
        /// Nil without the model.
        package var text: String?
        /// [start, end) in bytes of the epoch's text.
        package var offset: [UInt64]
    }

    package struct Score: Codable, Equatable, Sendable {
        package var score: Float
        package var positive: Float
    }

    package struct Norm: Codable, Equatable, Sendable {
        package var name: String
        /// Euclidean.
        package var norm: Float
        /// The largest absolute value.
        package var largest: Float
    }
}

extension StreamReport {
    /// What a snapshot says.
    ///
    /// - Parameter model: the snapshot's own; without it the state's parts have no names.
    package init(_ snapshot: StreamSnapshot, model: Model?) {
        let state = snapshot.state
        let model = model?.fingerprint == snapshot.model ? model : nil
        self.init(
            stream: snapshot.stream.text, model: snapshot.model.hex, epoch: state.epoch,
            tokens: state.tokens, offset: state.offset, messages: state.messages,
            incarnationTokens: state.incarnationTokens,
            incarnationMessages: state.incarnationMessages,
            streamEvents: state.streamEvents, errorEvents: state.errorEvents,
            messageStart: state.messageStart,
            heldBack: model.flatMap { HeldBack(state, model: $0) },
            lastToken: state.lastToken.map { LastToken($0, model: model) },
            sentiment: state.sentiment.flatMap { Score($0) },
            isQuarantined: state.isQuarantined,
            norms: model.flatMap { Self.norms(state.values, $0.network.stateLayout) },
            values: state.values.count, digest: snapshot.stateDigest.hex)
    }

    private static func norms(_ values: [Float], _ layout: StateLayout) -> [Norm]? {
        guard values.count == layout.valueCount else { return nil }
        return layout.names.enumerated().map { index, name in
            let start = index * layout.hiddenSize
            return Norm(name: name, values[start..<start + layout.hiddenSize])
        }
    }
}

extension StreamReport.HeldBack {
    fileprivate init?(_ state: StreamSnapshot.State, model: Model) {
        let encoder = model.tokenizer.makeEncoder()
        guard let tokenizer = try? IncrementalTokenizer(encoder, restoring: state.tokenizer)
        else { return nil }
        let bytes = tokenizer.heldBackBytes
        self.init(bytes: bytes.count, text: String(decoding: bytes, as: UTF8.self))
    }
}

extension StreamReport.Score {
    /// Nil where it is no number, which JSON has no word for.
    fileprivate init?(_ score: StreamSnapshot.Score) {
        guard score.score.isFinite, score.positive.isFinite else { return nil }
        self.init(score: score.score, positive: score.positive)
    }
}

extension StreamReport.LastToken {
    fileprivate init(_ token: StreamSnapshot.ReadToken, model: Model?) {
        let vocabulary = model?.tokenizer.vocabulary
        let isKnown = vocabulary.map { (0..<Int32($0.count)).contains(token.id) } ?? false
        self.init(
            id: token.id, text: isKnown ? vocabulary?.text(of: token.id) : nil,
            offset: [token.offset.lowerBound, token.offset.upperBound])
    }
}

extension StreamReport.Norm {
    fileprivate init(name: String, _ values: ArraySlice<Float>) {
        let square = values.reduce(0) { $0 + Double($1) * Double($1) }
        // The norm of finite values may be none of a Float.
        let largest = Double(Float.greatestFiniteMagnitude)
        self.init(
            name: name, norm: Float(min(square.squareRoot(), largest)),
            largest: values.reduce(0) { max($0, abs($1)) })
    }
}
