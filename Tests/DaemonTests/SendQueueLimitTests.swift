import Testing

@testable import Daemon

@Suite struct SendQueueLimitTests {
    /// All readers' queues, full of messages of one size, in bytes as libzmq keeps them.
    private func held(_ queue: inout SendQueueLimit, _ readers: Int, bytes: Int, mark: inout Int)
        -> Int
    {
        queue.note(bytes: bytes)
        mark = queue.change(readers: readers) ?? mark
        return readers * mark * (bytes + 192)
    }

    @Test(arguments: [1, 2, 50, 1000], [20, 600, 5000])
    func allReadersTogetherStayWithinTheBytes(_ readers: Int, _ bytes: Int) {
        let limit = 256 << 20
        var mark = 100_000
        var queue = SendQueueLimit(bytes: limit, highWaterMark: mark)
        let all = held(&queue, readers, bytes: bytes, mark: &mark)
        let least = readers * SendQueueLimit.least * (bytes + 192)
        // A number that is about right is not changed.
        #expect(all <= max(limit * 9 / 8, least))
        #expect(mark >= SendQueueLimit.least && mark <= 100_000)
    }

    @Test func aSmallNumberStays() {
        var queue = SendQueueLimit(bytes: 256 << 20, highWaterMark: 10)
        queue.note(bytes: 1 << 20)
        #expect(queue.change(readers: 1000) == nil)
    }

    @Test func noLimitIsTheBytes() {
        var queue = SendQueueLimit(bytes: 1 << 20, highWaterMark: 0)
        queue.note(bytes: 832)
        #expect(queue.change(readers: 1) == 1024)
        #expect(queue.change(readers: 1) == nil)
        #expect(queue.change(readers: 2) == nil)
    }

    @Test func whatWasLargeIsForgotten() {
        var mark = 100_000
        var queue = SendQueueLimit(bytes: 256 << 20, highWaterMark: mark)
        let full = held(&queue, 1, bytes: 1 << 20, mark: &mark)
        #expect(mark == SendQueueLimit.least && full > 0)
        for _ in 0..<20_000 { queue.note(bytes: 300) }
        mark = queue.change(readers: 1) ?? mark
        #expect(mark == 100_000)
    }
}
