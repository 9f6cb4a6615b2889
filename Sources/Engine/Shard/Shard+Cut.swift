import Journal
import Model
import Tokenizer

/// Text that is not read any more because an administrator resets or ends its stream.
///
/// It is cut off between two tokens, as it is where a state overflows: what was tokenised and not
/// read is given up, with the rest of the request and the message that it belongs to. The state is
/// zero then, and the counters stand. All requests that wait come to their end at once, in the
/// journal's batch that has the request which overtakes them, so that both are on disk or neither.
///
/// Replay needs no more than the outcomes. A request that is cut off has fewer tokens in its outcome
/// than its text has, and the digest of the state that a cut leaves.
extension Shard {
    /// Comes to the end of the stream's line without reading. Whatever is there that needs no reading
    /// is carried out.
    ///
    /// What the journal had before this run is read as it was: its events may have been told.
    func cutShort(_ stream: StreamState) {
        guard stream.intake.life == stream.journal.life, let work = stream.work, !work.hasStored
        else { return }
        scheduler.remove(stream)
        messages?.remove(stream)
        while !work.isEmpty, stream.damage == nil {
            if settle(stream) {
                cut(stream)
            } else if let item = work.items.first {
                carryOut(item, stream)
            }
        }
        stream.work = nil
    }

    /// Cuts a request off that was cut off here when it was first read. False if it was not.
    func cutIfRecorded(_ stream: StreamState) -> Bool {
        guard let ending = stream.work?.ending, ending.tokens == stream.lifeTokens else {
            return false
        }
        stream.work?.forgetEnding()
        guard digestAfterCut(stream) == ending.stateDigest else { return false }
        messages?.remove(stream)
        cut(stream)
        return true
    }

    private func cut(_ stream: StreamState) {
        stream.dropMessage(tokenizer: IncrementalTokenizer(encoder))
        network.zero(stream)
        dropTokens(stream)
    }

    private func digestAfterCut(_ stream: StreamState) -> [UInt8] {
        var snapshot = snapshot(of: stream)
        snapshot.state.tokenizer = IncrementalTokenizer(encoder).snapshot()
        snapshot.state.leadIn = .start
        snapshot.state.messageStart = nil
        snapshot.state.message = []
        snapshot.state.sentiment = nil
        snapshot.state.sentimentPool = SentimentPool()
        snapshot.state.hasPrediction = false
        snapshot.state.values = Array(repeating: 0, count: snapshot.state.values.count)
        return snapshot.stateDigest
    }
}
