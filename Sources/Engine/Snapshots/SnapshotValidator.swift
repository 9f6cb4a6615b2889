package import Model
package import Tokenizer
package import Wire

/// Which snapshots a model can continue from: whole ones of its own states, between two texts.
package struct SnapshotValidator {
    private let model: Model
    private let encoder: TokenEncoder

    /// A stream that begins with a snapshot counts on from it, and what it then writes must be readable:
    /// rows and snapshots count to below twice as much.
    private static let largestCount: UInt64 = 1 << 61

    package init(model: Model, encoder: TokenEncoder) {
        self.model = model
        self.encoder = encoder
    }

    package init(model: Model) {
        self.init(model: model, encoder: model.tokenizer.makeEncoder())
    }

    /// The snapshot that these bytes are.
    ///
    /// - Throws: `Refusal` with code `snapshot`: what was found, and what was expected.
    package func admit(_ bytes: [UInt8]) throws(Refusal) -> StreamSnapshot {
        let snapshot = try Self.decode(bytes)
        guard snapshot.model == model.fingerprint else {
            throw Refusal(
                .snapshot,
                "the snapshot is of model \(snapshot.model.short); expected one of "
                    + "\(model.fingerprint.short), which is served here")
        }
        guard snapshot.position == 0 else {
            throw Refusal(.snapshot, "the snapshot was taken within a text; expected one after it")
        }
        guard snapshot.state.persisted.counts(below: Self.largestCount) else {
            throw Refusal(
                .snapshot, "the snapshot counts beyond 2^61; no stream would come so far")
        }
        do throws(SnapshotError) {
            try check(snapshot.state)
        } catch {
            throw Refusal(.snapshot, "\(error)")
        }
        return snapshot
    }

    /// Whether texts lead to such a state of this model.
    ///
    /// - Throws: what there is that cannot be.
    package func check(_ state: StreamSnapshot.State) throws(SnapshotError) {
        let count = model.network.stateLayout.valueCount
        guard state.values.count == count else {
            throw SnapshotError(
                "has \(state.values.count) values; expected the \(count) of this model")
        }
        guard state.values.allSatisfy(\.isFinite) else {
            throw SnapshotError("has a state that is not finite; no text leads to one that is kept")
        }
        do throws(TokenizerError) {
            _ = try IncrementalTokenizer(encoder, restoring: state.tokenizer)
        } catch {
            throw SnapshotError("has a text that this model's tokenizer does not hold: \(error)")
        }
        guard (state.messageStart ?? 0) <= state.offset,
            (state.lastToken?.offset.upperBound ?? 0) <= state.offset
        else { throw SnapshotError("has a message or a token beyond its \(state.offset) bytes") }
        guard state.lastToken.map({ isToken($0.id) }) ?? true else {
            throw SnapshotError("has a last token that is none of this model")
        }
        guard hasMessage(state), hasPool(state) else {
            throw SnapshotError("has sums of a message that this model does not read so")
        }
    }

    /// Only where whole messages are read, and then between texts of an open one.
    private func hasMessage(_ state: StreamSnapshot.State) -> Bool {
        let most = model.config.bidirectional ? model.config.longestMessage + 1 : 0
        return state.message.count <= most && state.message.allSatisfy(isToken)
            && (state.message.isEmpty || state.messageStart != nil)
    }

    /// Only where what tokens say is pooled or n-grams are counted, and then between texts of an open message.
    private func hasPool(_ state: StreamSnapshot.State) -> Bool {
        let pool = state.sentimentPool
        guard pool != SentimentPool() else { return true }
        let heads = model.config.heads
        let isOwn =
            heads.sentimentPooling == .gated || (pool.evidence == 0 && pool.weight == 0)
        return isOwn && state.messageStart != nil && pool.evidence.isFinite
            && pool.weight.isFinite && pool.weight >= 0 && hasNGrams(state)
    }

    /// All tokens of an open message count, where the model has n-grams.
    private func hasNGrams(_ state: StreamSnapshot.State) -> Bool {
        let sum = state.sentimentPool.ngrams
        guard model.config.heads.sentimentNGrams > 0 else { return sum == NGramSum() }
        return (1...max(1, state.tokens)).contains(sum.count) && sum.evidence.isFinite
            && sum.recent.tokens.count == min(sum.count, UInt64(NGram.longest) - 1)
            && sum.recent.tokens.allSatisfy(isToken)
    }

    private static func decode(_ bytes: [UInt8]) throws(Refusal) -> StreamSnapshot {
        do throws(SnapshotError) {
            return try StreamSnapshot(decoding: bytes)
        } catch {
            throw Refusal(.snapshot, "\(error)")
        }
    }

    private func isToken(_ id: Int32) -> Bool {
        id >= 0 && id < Int32(model.tokenizer.vocabulary.count)
    }
}
