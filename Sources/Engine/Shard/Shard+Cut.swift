import DequeModule
import Model
import Wire

/// Text that is not read any more: a state overflowed, or an administrator resets or ends the stream.
///
/// It is cut off between two tokens: what was tokenised and not read is given up, with the rest of the
/// request and the message that it belongs to. The state is zero then, and the counters stand. Where
/// a request overtakes others, all that wait are concluded at once, in the journal's batch that has the
/// request which overtakes them, so that both are on disk or neither.
///
/// Replay needs no more than the outcomes. A request that is cut off has fewer tokens in its outcome
/// than its text has, and the digest of the state that a cut leaves.
extension Shard {
    /// A state that is not finite affects no other stream.
    func quarantine(_ stream: StreamState) {
        publisher.refuse(stream, .nonFinite(afterToken: stream.state.tokens))
        stream.quarantine(text.encoder)
        // One NaN is as good as another, but not the same bits.
        network.zero(stream)
        dropTokens(stream)
    }

    /// Empties the stream's queue without reading. What needs no reading is carried out.
    ///
    /// What the journal had before this run is read as it was: its events may have been published.
    func cutShort(_ stream: StreamState) {
        guard stream.intake.incarnation == stream.journal.incarnation, let work = stream.work,
            !work.hasStored
        else { return }
        scheduler.remove(stream)
        while !work.isEmpty, stream.damage == nil {
            if settle(stream) {
                cut(stream)
            } else if let item = work.items.first {
                carryOut(item, stream)
            }
        }
        _ = stream.takeWork()
    }

    /// Cuts a request off that was cut off here when it was first read. False if it was not.
    func cutIfRecorded(_ stream: StreamState) -> Bool {
        guard let ending = stream.work?.ending, ending.tokens == stream.state.incarnationTokens
        else {
            return false
        }
        stream.work?.forgetEnding()
        let digest = stream.digestAfterCut(
            model: model.fingerprint, values: model.network.stateLayout.valueCount, text.encoder)
        guard digest == ending.stateDigest else { return false }
        scheduler.remove(stream)
        cut(stream)
        return true
    }

    private func cut(_ stream: StreamState) {
        stream.cut(text.encoder)
        network.zero(stream)
        dropTokens(stream)
    }

    /// What was tokenised is given up, and with it the text that it was part of.
    private func dropTokens(_ stream: StreamState) {
        for receipt in stream.work?.dropTokens() ?? [] { conclude(receipt, stream) }
    }
}
