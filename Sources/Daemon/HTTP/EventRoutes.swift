import Dispatch
import HTTP
import Synchronization
import Threads
import Wire

/// What has been published of streams, and published events again, as the control socket gives them.
struct EventRoutes {
    /// Nil where nothing is kept.
    let backfill: BackfillService?

    /// Seconds for which a request waits for its answer.
    private static let patience = 8.0

    var routes: [HTTPRoute] {
        [
            HTTPRoute("GET", "/streams/{name}/position", needsToken: true) { [self] request in
                Self.response { () throws(HTTPRefusal) in try position(request) }
            },
            HTTPRoute("GET", "/streams/{name}/events", needsToken: true) { [self] request in
                Self.response { () throws(HTTPRefusal) in try events(request) }
            },
        ]
    }

    private static func response(_ body: () throws(HTTPRefusal) -> HTTPResponse) -> HTTPResponse {
        do throws(HTTPRefusal) {
            return try body()
        } catch {
            var response = HTTPResponse(error)
            if error.status == .unavailable { response.headers.append(("Retry-After", "1")) }
            return response
        }
    }

    private func position(_ request: HTTPRequest) throws(HTTPRefusal) -> HTTPResponse {
        let query = try EventQuery(request, takesRanges: false).backfill
        guard case .position(let position) = try answer(query.place, nil),
            let json = try? position.controlJSON()
        else { throw HTTPRefusal(.internalError, "the position cannot be written as JSON") }
        return HTTPResponse(json + [10], type: "application/json")
    }

    private func events(_ request: HTTPRequest) throws(HTTPRefusal) -> HTTPResponse {
        let query = try EventQuery(request, takesRanges: true).backfill
        guard case .events(let report, let frames) = try answer(query.place, query) else {
            throw HTTPRefusal(.internalError, "there is no page")
        }
        var response = HTTPResponse(Self.lines(frames), type: "application/x-ndjson")
        if !report.rest.isEmpty {
            let rest = EventQuery.rest(
                of: report, output: query.place.output, limit: query.limit)
            response.headers.append(("Link", "<\(request.path)?\(rest)>; rel=\"next\""))
        }
        if report.pending { response.headers.append(("Sluice-Pending", "true")) }
        return response
    }

    /// As `sluice sub` prints them.
    private static func lines(_ frames: EventFrames) -> [UInt8] {
        var lines: [UInt8] = []
        for entry in frames.entries {
            let topic = String(decoding: frames.topic(of: entry), as: UTF8.self)
            lines.appendJSON("{\"topic\":", string: topic)
            lines.appendJSON(",\"sequence\":")
            lines.appendJSON(entry.sequence)
            lines.appendJSON(",\"body\":")
            lines += frames.body(of: entry)
            lines.appendJSON(",\"backfill\":true}\n")
        }
        return lines
    }

    private func answer(
        _ place: ControlPosition, _ backfill: ControlBackfill?
    ) throws(HTTPRefusal) -> BackfillService.Answer {
        do throws(ControlRefusal) {
            guard let service = self.backfill else { throw .durabilityOff }
            let waiting = WaitingAnswer()
            try service.ask(place, backfill) { waiting.give($0) }
            return try waiting.wait(seconds: Self.patience).get()
        } catch {
            throw HTTPRefusal(Self.status(of: error.code), "\(error.code): \(error.reason)")
        }
    }

    private static func status(of code: String) -> HTTPStatus {
        switch code {
        case Refusal.Code.noSuchStream.rawValue, ControlRefusal.Code.noSuchLife,
            ControlRefusal.Code.noSuchOutput, ControlRefusal.Code.durabilityOff:
            .notFound
        case ControlRefusal.Code.notPublished: .rangeNotSatisfiable
        case ControlRefusal.Code.notKept: .gone
        case ControlRefusal.Code.busy, ControlRefusal.Code.stopping: .unavailable
        default: .internalError
        }
    }
}

/// An answer that another thread gives.
private final class WaitingAnswer: Sendable {
    typealias Answer = Result<BackfillService.Answer, ControlRefusal>

    private let answer = Mutex<Answer?>(nil)
    private let isThere = MonotonicSemaphore()

    func give(_ answer: Answer) {
        self.answer.withLock { $0 = answer }
        isThere.signal()
    }

    /// `busy` after that time.
    func wait(seconds: Double) -> Answer {
        _ = isThere.wait(until: .now() + seconds)
        return answer.withLock { $0 } ?? .failure(.busy)
    }
}
