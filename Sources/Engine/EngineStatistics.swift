package import Metrics
package import Wire

/// What the engine has done.
package final class EngineStatistics: MetricSet {
    package let requests = Counter(
        "requests",
        "Well-formed messages and control requests for streams, refused ones and duplicates too")
    package let bytes = Counter(
        "bytes", "Bytes of the texts and snapshots of these requests", unit: .bytes,
        exposedAs: "received")
    package let tokens = Counter(
        "tokens", "Tokens of texts that were read, again after a crash too")
    package let messages = Counter("messages", "Messages that were read to their end")
    package let rows = Counter(
        "rows", "What the network read: tokens, start tokens and separators")
    package let steps = Counter("steps", "Steps of the network")
    package let turns = Counter(
        "turns", "Sum of the streams in each step; a stream reads one token in it or several")
    package let streams = Gauge("streams", "Streams in memory", exposedAs: "streams_resident")
    package let refusals = CounterFamily<Refusal.Code>(
        "refused", "Error events, with or without subscribers", by: "code")
    package let wait = Histogram(
        "wait", "Time from the receipt of a request until its shard accepts it", unit: .seconds,
        bounds: .times, exposedAs: "request_wait")
    package let step = Histogram(
        "step", "Time of a step: reading text, the network, and encoding events", unit: .seconds,
        bounds: .times)
    package let stepStreams = Histogram(
        "step.streams", "Streams in a step: the size of its batch",
        bounds: .powersOfTwo(through: 4096))
    package let residence = ResidenceStatistics()

    package init() {}

    func countRequest(bytes count: Int) {
        requests.add()
        bytes.add(count)
    }

    func countStep(tokens count: Int, rows: Int, streams: Int) {
        steps.add()
        stepStreams.record(Double(streams))
        turns.add(streams)
        tokens.add(count)
        self.rows.add(rows)
    }
}

/// Streams that moved between memory and the store.
package final class ResidenceStatistics: MetricSet {
    package let evicted = Counter(
        "evicted", "Streams that left memory for the store", exposedAs: "streams_evicted")
    package let resumed = Counter(
        "resumed", "Streams that were restored to memory, at a start too",
        exposedAs: "streams_resumed")
    package let stored = Gauge(
        "streams.stored", "Streams that have not ended and are in the store alone")

    func noteEviction() {
        evicted.add()
        stored.add()
    }

    func noteResumption() {
        resumed.add()
        stored.add(-1)
    }
}
