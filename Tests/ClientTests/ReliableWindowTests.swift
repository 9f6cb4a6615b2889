import Client
import TestSupport
import Testing

@Suite struct ReliableWindowTests {
    private func window(limit: Int = 4, byteLimit: Int = 100) -> ReliableWindow {
        ReliableWindow(limit: limit, byteLimit: byteLimit)
    }

    @Test func isFullByNumberOrBytesButTakesOneOfAnySize() {
        var few = window(limit: 2)
        few.append(0, frames: [], textByteCount: 1)
        #expect(!few.isFull)
        few.append(1, frames: [], textByteCount: 1)
        #expect(few.isFull)
        #expect(few.acknowledge(0) != nil)
        #expect(!few.isFull)
        var large = window()
        #expect(!large.isFull)
        large.append(7, frames: [], textByteCount: 5000)
        #expect(large.isFull)
        #expect(large.acknowledge(7)?.textByteCount == 5000)
        #expect(!large.isFull && large.isEmpty)
    }

    @Test func sendsAgainInOrderWhatHasNoAnswer() {
        var window = window()
        for number in 0..<4 as Range<UInt64> {
            window.append(number, frames: [], textByteCount: 1)
            window.noteSent()
        }
        #expect(window.next == nil)
        #expect(window.acknowledge(1)?.sendCount == 1)
        #expect(window.acknowledge(1) == nil, "the second answer to the same")
        window.sendAgain()
        var again: [UInt64] = []
        while let message = window.next {
            again.append(message.number)
            window.noteSent()
        }
        #expect(again == [0, 2, 3])
        #expect(window.acknowledge(2)?.sendCount == 2)
        #expect(window.acknowledge(9) == nil)
    }

    /// What is refused for a time stays, and fewer are sent at a time.
    @Test func sendsAgainSlowlyWhatWasRefusedForATime() {
        var window = window(limit: 8)
        func sendAll() -> [UInt64] {
            var sent: [UInt64] = []
            while let message = window.next {
                sent.append(message.number)
                window.noteSent()
            }
            return sent
        }
        for number in 0..<8 as Range<UInt64> {
            window.append(number, frames: [], textByteCount: 1)
        }
        #expect(sendAll() == Array(0..<8))
        #expect(window.acknowledge(0) != nil)
        for number in 0..<8 as Range<UInt64> {
            #expect(!window.isAnswered)
            let isThere = window.refuse(number)
            #expect(isThere == (number > 0))
            #expect(window.next == nil)
        }
        #expect(window.isAnswered && window.isRefused)
        window.sendAgain()
        #expect(!window.isRefused)
        #expect(sendAll() == [1, 2, 3])
        for number in 1...3 as ClosedRange<UInt64> {
            #expect(window.acknowledge(number)?.sendCount == 2)
        }
        #expect(sendAll() == [4, 5, 6, 7])
    }

    /// Against a plain list: what is sent between two reconnects rises, and begins with the first
    /// that has no answer.
    @Test(arguments: UInt64(0)..<50) func anyOrderOfEvents(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var window = window(limit: 10)
        var open: [UInt64] = []
        var sent: Set<UInt64> = []
        var number: UInt64 = 0
        for _ in 0..<500 {
            switch Int.random(in: 0..<6, using: &random) {
            case 0, 1:
                guard !window.isFull else { continue }
                window.append(number, frames: [], textByteCount: 1)
                open.append(number)
                number += 1
            case 2, 3:
                #expect(window.next?.number == open.first { !sent.contains($0) })
                guard let next = window.next else { continue }
                window.noteSent()
                sent.insert(next.number)
            case 4:
                // Also numbers that are not there.
                let wanted = UInt64.random(in: 0...number, using: &random)
                #expect((window.acknowledge(wanted) != nil) == open.contains(wanted))
                open.removeAll { $0 == wanted }
            default:
                window.sendAgain()
                sent = []
            }
            #expect(window.count == open.count)
            #expect(window.isFull == (open.count >= 10))
        }
    }
}
