import Engine
import Journal
import Storage

/// Chooses the shard in which a request is read, so that most share one.
struct VerifyVoices {
    /// All audiences that the store names, where one shard can tell them all.
    private let common: Audience?

    init(_ reader: JournalReader) throws(StorageError) {
        var all = Audience()
        // Endpoints stand among the labels, too; they are no audiences.
        for label in try reader.labels() {
            if let audience = Audience(label) { all.formUnion(audience) }
        }
        common = all.profiles.count <= Demand.mostOutputs ? all : nil
    }

    /// - Parameter last: where the request before was read.
    func voice(for request: SessionRequest, after last: VerifyVoice?) -> VerifyVoice {
        let audience = request.audience ?? Audience()
        // Nobody is told of candidates: it does not matter how many there would be.
        let top = audience.top ?? last?.top ?? common?.top ?? 1
        return VerifyVoice(
            model: request.record.model, top: top, audience: shared(audience, last))
    }

    private func shared(_ audience: Audience, _ last: VerifyVoice?) -> Audience {
        if var common, common.covers(audience) {
            common.top = nil
            return common
        }
        if let last, last.audience.covers(audience) { return last.audience }
        var exact = audience
        exact.top = nil
        return exact
    }
}

extension Audience {
    /// Whether outputs made for this one can tell what the other hears.
    func covers(_ other: Audience) -> Bool {
        other.next.allSatisfy(next.contains) && other.sentiment.allSatisfy(sentiment.contains)
            && (stream || !other.stream) && (error || !other.error)
    }
}
