import Dispatch
import Synchronization
import Testing
import Threads

@Suite struct MailboxTests {
    @Test func nothingIsLostOrReorderedBetweenThreads() {
        let mailbox = Mailbox<Int>(limit: 50)
        let received = Mutex<[Int]>([])
        let consumer = WorkerThread(name: "consumer") {
            while true {
                let batch = mailbox.takeAll()
                if batch.isEmpty {
                    if mailbox.isClosed && mailbox.isEmpty { return }
                    mailbox.waitForArrival(until: .distantFuture)
                }
                received.withLock { $0 += batch }
                mailbox.release(weight: batch.count)
            }
        }
        let producers = (0..<3).map { producer in
            WorkerThread(name: "producer") {
                for index in 0..<2000 { mailbox.send([producer * 10_000 + index], weight: 1) }
            }
        }
        for producer in producers { producer.join() }
        mailbox.close()
        consumer.join()
        let all = received.withLock { $0 }
        #expect(all.count == 6000)
        for producer in 0..<3 {
            let own = all.filter { $0 / 10_000 == producer }
            #expect(own == (0..<2000).map { producer * 10_000 + $0 })
        }
    }

    @Test func aFullMailboxTakesNoMoreUntilWeightIsReleased() {
        let mailbox = Mailbox<Int>(limit: 10)
        #expect(mailbox.trySend([1], weight: 6))
        #expect(!mailbox.trySend([2], weight: 6))
        #expect(mailbox.takeAll() == [1])
        #expect(!mailbox.trySend([2], weight: 6))
        mailbox.release(weight: 6)
        // Heavier than the limit, but alone.
        #expect(mailbox.trySend([3], weight: 60))
        #expect(!mailbox.trySend([4], weight: 1))
    }

    @Test func closingWakesWhoeverWaits() {
        let mailbox = Mailbox<Int>(limit: 1)
        mailbox.send([1], weight: 1)
        let refused = Atomic<Bool>(false)
        let producer = WorkerThread(name: "producer") {
            refused.store(!mailbox.send([2], weight: 1), ordering: .relaxed)
        }
        mailbox.close()
        producer.join()
        let wasRefused = refused.load(ordering: .relaxed)
        #expect(wasRefused)
        #expect(mailbox.takeAll() == [1])
        mailbox.waitForArrival(until: .distantFuture)
        #expect(!mailbox.send([3], weight: 0))
    }

    @Test func waitingEndsAtTheDeadline() {
        let mailbox = Mailbox<Int>(limit: 1)
        for _ in 0..<3 { mailbox.waitForArrival(until: .now() + .milliseconds(1)) }
        mailbox.send([1], weight: 1)
        mailbox.waitForArrival(until: .distantFuture)
        #expect(mailbox.takeAll() == [1])
    }
}
