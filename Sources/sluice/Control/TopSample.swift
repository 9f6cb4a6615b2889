import Client
import Daemon
import Engine
import Wire

/// What `ctl top` shows at one moment.
struct TopSample {
    let time: ContinuousClock.Instant
    let counters: [String: UInt64]
    let streams: [ListedStream]

    /// - Parameters:
    ///   - prefix: of the names of the streams.
    ///   - limit: the most streams that are looked at.
    init(_ client: inout ControlClient, prefix: String, limit: Int) throws {
        let status: DaemonStatus = try client.ask(.status).result
        counters = status.counters
        var found: [ListedStream] = []
        var request = ControlList()
        request.prefix = prefix
        repeat {
            request.limit = min(limit - found.count, ControlList.limits.upperBound)
            let page: StreamListing = try client.ask(.list(request)).result
            found += page.streams
            request.after = page.next
        } while request.after != nil && found.count < limit
        streams = found
        time = .now
    }
}

/// The change from one sample to the next.
struct TopView {
    /// The order of the streams.
    enum Order: String, CaseIterable {
        case rate, tokens, messages, name
    }

    struct Row {
        let stream: ListedStream
        /// Tokens a second.
        let rate: Double
    }

    let sample: TopSample
    private let before: TopSample?
    private let seconds: Double

    /// - Parameter before: nil for the first sample, which has no rates.
    init(_ sample: TopSample, since before: TopSample?) {
        self.sample = sample
        self.before = before
        seconds = before.map { max($0.time.duration(to: sample.time) / .seconds(1), 1e-3) } ?? 1
    }

    /// Of a counter, a second; nil where it is not known.
    func rate(_ counter: String) -> Double? {
        guard let before, let now = sample.counters[counter], let then = before.counters[counter]
        else { return nil }
        return now >= then ? Double(now - then) / seconds : nil
    }

    func rows(_ order: Order) -> [Row] {
        let earlier = Dictionary(
            (before?.streams ?? []).map { ($0.stream, $0) }, uniquingKeysWith: { $1 })
        let rows = sample.streams.map { stream in
            Row(stream: stream, rate: rate(of: stream, since: earlier[stream.stream]))
        }
        return rows.sorted { a, b in
            switch order {
            case .rate where a.rate != b.rate: a.rate > b.rate
            case .tokens where a.stream.tokens != b.stream.tokens:
                a.stream.tokens > b.stream.tokens
            case .messages where a.stream.messages != b.stream.messages:
                a.stream.messages ?? 0 > b.stream.messages ?? 0
            default: Array(a.stream.stream.utf8).lexicographicallyPrecedes(b.stream.stream.utf8)
            }
        }
    }

    /// A stream that has begun anew has read what it has now.
    private func rate(of stream: ListedStream, since earlier: ListedStream?) -> Double {
        guard before != nil else { return 0 }
        let old = earlier?.incarnation == stream.incarnation ? earlier?.tokens ?? 0 : 0
        return stream.tokens >= old ? Double(stream.tokens - old) / seconds : 0
    }
}
