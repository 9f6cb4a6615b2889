import Dispatch
import Engine
import RecordingSupport
import Storage
import StorageSupport
import Synchronization
import TestSupport
import Testing
import Wire

/// The engine and its threads on a store in memory, and what each failure of a store leads to.
@Suite struct StorageFailureTests {
    private let memory = MemoryStorage()

    /// An engine, and what it reported.
    private final class Run: Sendable {
        private let engine: Mutex<Engine?> = Mutex(nil)
        private let journal: Mutex<JournalThread?> = Mutex(nil)
        private let events = Mutex<[StorageError.Code?]>([])
        private let answers = Mutex<[Acknowledgement.Result]>([])
        private let arrival = DispatchSemaphore(value: 0)

        init(_ memory: MemoryStorage, retainEvery: Duration = .seconds(60)) throws {
            let model = try TestModel.make()
            let writer = memory.makeWriter()
            let fence = try writer.acquire(StorageFailureTests.run)
            var options = JournalThread.Options()
            (options.retainEvery, options.retryAfter) = (retainEvery, .milliseconds(1))
            var listeners = JournalThread.Listeners()
            listeners.acknowledged = { [self] in add($0) }
            listeners.stalled = { [self] in note($0) }
            listeners.failed = { [self] in note($0 as? StorageError) }
            listeners.retentionEnded = { _ in Issue.record("trimming alone ended") }
            let thread = try JournalThread(
                writer, fence: fence, shards: 1, options: options, listeners: listeners)
            var engineListeners = EngineListeners { _, _, _ in }
            engineListeners.stalled = { [self] in note($1) }
            let engine = try Engine(
                model: model, options: EngineOptions(), outputs: [], demand: Demand(outputs: 0),
                journal: EngineJournal(thread: thread, storage: memory), listeners: engineListeners)
            self.engine.withLock { $0 = engine }
            journal.withLock { $0 = thread }
        }

        private func add(_ acknowledgements: [Acknowledgement]) {
            answers.withLock { $0 += acknowledgements.map(\.result) }
            for _ in acknowledgements { arrival.signal() }
        }

        private func note(_ error: StorageError?) {
            events.withLock { $0.append(error?.code) }
            arrival.signal()
        }

        /// Stalls and failures of the store in order; nil where it worked again.
        var reports: [StorageError.Code?] { events.withLock { $0 } }
        var results: [Acknowledgement.Result] { answers.withLock { $0 } }

        /// Waits for so many answers and reports.
        func wait(_ count: Int) {
            for _ in 0..<count { #expect(arrival.wait(timeout: .now() + 20) == .success) }
        }

        func submit(_ text: String, more: Bool = true) throws {
            var request = Request.text("a", text, more: more)
            request.replyTo = .caller
            _ = engine.withLock { $0?.submit([.request(request)]) }
        }

        /// The stream's state after all that was submitted.
        func state() throws -> StreamSnapshot.State? {
            let found = Mutex<StreamSnapshot.State?>(nil)
            let arrival = DispatchSemaphore(value: 0)
            let id = try StreamID("a")
            withExtendedLifetime(found) {
                let query = EngineInput.snapshot(id) { snapshot in
                    found.withLock { $0 = (try? snapshot.get())?.state }
                    arrival.signal()
                }
                _ = engine.withLock { $0?.submit([query]) }
                #expect(arrival.wait(timeout: .now() + 20) == .success)
            }
            return found.withLock { $0 }
        }

        func finish() {
            engine.withLock { #expect($0?.finish() == true) }
            journal.withLock { #expect($0?.finish(by: .distantFuture) == true) }
        }
    }

    private static let run = RunRecord(
        started: 1, version: "1", model: [], kernelTier: "scalar", threads: 1)

    /// Another process becomes the owner.
    private func takeOver() throws { _ = try memory.makeWriter().acquire(Self.run) }

    @Test func aStreamContinuesFromItsCheckpoint() throws {
        let text = "One message that two daemons read, one after the other."
        let whole = try Run(MemoryStorage())
        try whole.submit(text)
        let first = try Run(memory)
        try first.submit(String(text.prefix(30)))
        first.wait(1)
        first.finish()
        let backlog = try #require(try memory.makeReader().backlog(of: StreamID("a")))
        #expect(backlog.checkpoint?.tokens ?? 0 > 0 && backlog.unread.isEmpty)
        let second = try Run(memory)
        try second.submit(String(text.dropFirst(30)))
        #expect(try second.state() == whole.state())
        #expect(second.reports.isEmpty)
        second.finish()
        whole.finish()
    }

    @Test func anOwnerThatLostTheStoreWritesNothing() throws {
        let run = try Run(memory)
        try run.submit("written")
        run.wait(1)
        try takeOver()
        try run.submit("not written")
        run.wait(1)
        #expect(run.reports == [.notOwner] && run.results == [.accepted])
        #expect(try memory.makeReader().requestCount() == 1)
        run.finish()
    }

    /// Without input, trimming is what finds it out.
    @Test func anIdleOwnerThatLostTheStoreFailsAtOnce() throws {
        let run = try Run(memory, retainEvery: .milliseconds(1))
        try takeOver()
        run.wait(1)
        #expect(run.reports == [.notOwner])
        run.finish()
    }

    @Test func aBatchOfUnknownOutcomeIsWrittenOnce() throws {
        memory.fail(.append, with: .unknownOutcome, .io)
        let run = try Run(memory)
        try run.submit("once")
        run.wait(4)
        #expect(run.reports == [.unknownOutcome, .io, nil] && run.results == [.accepted])
        #expect(try memory.makeReader().requestCount() == 1)
        run.finish()
    }

    @Test func aPartialReadIsTriedAgain() throws {
        let first = try Run(memory)
        try first.submit("Some text, ")
        let before = try first.state()
        first.finish()
        memory.fail(.backlog, with: .partial)
        let second = try Run(memory)
        #expect(try second.state() == before)
        #expect(second.reports == [.partial, nil])
        second.finish()
    }
}
