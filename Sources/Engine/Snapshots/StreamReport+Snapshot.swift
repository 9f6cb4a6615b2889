package import Model
import Tokenizer
package import Wire

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
            values: state.values.count, digest: snapshot.stateDigest.hexadecimal)
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

extension MovedStream {
    package init(_ snapshot: StreamSnapshot, bytes: Int) {
        self.init(
            stream: snapshot.stream.text, model: snapshot.model.hex, epoch: snapshot.state.epoch,
            tokens: snapshot.state.incarnationTokens, bytes: bytes,
            digest: snapshot.stateDigest.hexadecimal)
    }
}

extension [UInt8] {
    var hexadecimal: String {
        map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
