import Dispatch
package import Engine
import Glibc
package import Metrics
package import Model
package import Names
package import Storage
import Synchronization
import Threads
package import Wire

/// Tells what has been published of streams, and computes events that were published again, on a
/// thread of low priority.
///
/// It holds up neither the control socket nor the engine: it reads the store beside them. What waits is
/// bounded, and each request is a page: a peer that goes away asks for no more.
package final class BackfillService: Sendable {
    /// What a request is answered with.
    package enum Answer: Sendable {
        case position(PublishedPosition)
        /// The events as they were published.
        case events(BackfillReport, EventFrames)
    }

    package typealias Reply = @Sendable (Result<Answer, ControlRefusal>) -> Void

    /// A request, and where the stream is if it is in memory.
    struct Work: Sendable {
        let place: ControlPosition
        /// Nil for a position.
        let backfill: ControlBackfill?
        let position: StreamPosition?
        let reply: Reply
    }

    package let statistics = BackfillStatistics()
    private let mailbox = Mailbox<Work>(limit: BackfillService.mostWaiting)
    private let isStopping = Atomic<Bool>(false)
    private let thread = Mutex<WorkerThread?>(nil)
    private let engine: Engine
    private let outputCount: Int

    /// Requests that may wait.
    private static let mostWaiting = 32
    /// The thread's nice value: beside a busy thread of the engine it gets about a quarter of their
    /// processor.
    private static let niceness: Int32 = 5
    /// Seconds for which a stop waits.
    private static let stopPatience = 1.0

    /// - Parameters:
    ///   - outputs: in the order of the configuration.
    ///   - options: of the engine.
    ///   - damage: why a stream is stopped, if it is.
    package init(
        _ storage: any Storage, engine: Engine, model: Model, outputs: [OutputProfile],
        options: EngineOptions, damage: @escaping @Sendable (Name) -> String?
    ) {
        self.engine = engine
        outputCount = outputs.count
        let thread = WorkerThread(name: "backfill") { [self] in
            // On Linux this is the calling thread's alone.
            setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, Self.niceness)
            var worker = BackfillWorker(
                storage, model: model, outputs: outputs, options: options, damage: damage,
                isCancelled: { [self] in isStopping.load(ordering: .relaxed) })
            run(&worker)
        }
        self.thread.withLock { $0 = thread }
    }

    /// Begins to answer. Where the stream is must be known before the store is read: what is read then
    /// is what had been published, or more.
    ///
    /// - Parameters:
    ///   - backfill: nil to be told the position.
    ///   - reply: called once, on another thread; not if this throws.
    /// - Throws: `busy`, `stopping` or `no_such_output`.
    package func ask(
        _ place: ControlPosition, _ backfill: ControlBackfill? = nil, reply: @escaping Reply
    ) throws(ControlRefusal) {
        try check(place)
        let query = EngineInput.position(place.stream) { [self] position in
            let work = Work(place: place, backfill: backfill, position: position, reply: reply)
            if !mailbox.trySend([work], weight: 1) {
                reply(.failure(mailbox.isClosed ? .stopping : .busy))
            }
        }
        switch engine.offer([query], for: place.stream) {
        case .taken: break
        case .full: throw .busy
        case .closed: throw .stopping
        }
    }

    private func check(_ place: ControlPosition) throws(ControlRefusal) {
        guard place.output < outputCount else {
            throw ControlRefusal(
                ControlRefusal.Code.noSuchOutput,
                "found output \(place.output); expected one of the daemon's \(outputCount) outputs, "
                    + "counted from 0")
        }
    }

    /// What still waits is answered `stopping`.
    func finish(by deadline: DispatchTime) {
        isStopping.store(true, ordering: .relaxed)
        mailbox.close()
        thread.withLock { $0 }?.join(until: min(deadline, .now() + Self.stopPatience))
    }

    private func run(_ worker: inout BackfillWorker) {
        while true {
            mailbox.waitForArrival(until: .distantFuture)
            let isLast = mailbox.isClosed
            for work in mailbox.takeAll() {
                let answer = worker.answer(work)
                statistics.count(answer)
                work.reply(answer)
                mailbox.release(weight: 1)
            }
            if isLast { return }
        }
    }
}

/// What was asked for again.
package final class BackfillStatistics: MetricSet {
    package let positions = Counter(
        "backfill.positions", "Answers that said what has been published of a stream")
    package let pages = Counter(
        "backfill.pages", "Answers with events that were published before")
    package let events = Counter(
        "backfill.events", "Events in these answers, computed again")
    package let refused = Counter(
        "backfill.refused", "Requests for positions and events that were refused")

    func count(_ answer: Result<BackfillService.Answer, ControlRefusal>) {
        switch answer {
        case .success(.position): positions.add()
        case .success(.events(let report, _)):
            pages.add()
            events.add(report.events)
        case .failure: refused.add()
        }
    }
}
