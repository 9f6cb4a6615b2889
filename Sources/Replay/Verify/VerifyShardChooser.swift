import Engine
import Storage

/// Chooses the shard that replays a request, so that most requests share one.
struct VerifyShardChooser {
    /// The union of all audiences in the store, where one shard can publish for it.
    private let common: Audience?

    init(_ reader: any HistoryReader) throws(StorageError) {
        var all = Audience()
        // Endpoints are labels, too.
        for label in try reader.labels() {
            if let audience = Audience(label) { all.formUnion(audience) }
        }
        common = all.profiles.count <= Demand.mostOutputs ? all : nil
    }

    /// - Parameter last: of the request before.
    func key(for request: SessionRequest, after last: VerifyShardKey?) -> VerifyShardKey {
        let audience = request.audience ?? Audience()
        // Without a `next` event the number of candidates does not matter.
        let top = audience.top ?? last?.top ?? common?.top ?? 1
        return VerifyShardKey(
            model: request.record.model, top: top, audience: shared(audience, last))
    }

    private func shared(_ audience: Audience, _ last: VerifyShardKey?) -> Audience {
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
    /// Whether outputs made for this one publish all events of the other.
    func covers(_ other: Audience) -> Bool {
        other.next.allSatisfy(next.contains) && other.sentiment.allSatisfy(sentiment.contains)
            && (stream || !other.stream) && (error || !other.error)
    }
}
