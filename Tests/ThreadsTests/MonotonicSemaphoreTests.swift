import Dispatch
import Testing
import Threads

@Suite struct MonotonicSemaphoreTests {
    @Test func aSignalIsTakenOnceAndADeadlineEndsTheWait() {
        let semaphore = MonotonicSemaphore()
        let start = ContinuousClock.now
        #expect(!semaphore.wait(until: .now()))
        #expect(!semaphore.wait(until: .now() + 0.02))
        #expect(ContinuousClock.now - start >= .milliseconds(20))
        semaphore.signal()
        #expect(semaphore.wait(until: .now()))
        #expect(!semaphore.wait(until: .now()))
        semaphore.signal()
        #expect(semaphore.wait(until: .distantFuture))
    }

    @Test func everySignalWakesOneOfSeveralThreads() {
        let semaphore = MonotonicSemaphore()
        let threads = (0..<4).map { index in
            WorkerThread(name: "waiter") {
                for _ in 0..<500 {
                    semaphore.wait(until: index.isMultiple(of: 2) ? .distantFuture : .now() + 60)
                }
            }
        }
        for _ in 0..<2000 { semaphore.signal() }
        for thread in threads { #expect(thread.join(until: .now() + 60)) }
        #expect(!semaphore.wait(until: .now()))
    }
}
