import Journal
import Storage
import StorageSupport
import Testing
import Wire

/// What every implementation of storage does.
@Suite struct StorageTests {
    enum Kind: CaseIterable { case memory, journal }

    @Test(arguments: Kind.allCases)
    func pagesResumeUntilTheyHaveCaughtUp(kind: Kind) throws {
        let store = try OpenStore(kind)
        let empty = try store.reader.read(from: .start, limit: 2)
        #expect(empty == StoragePage([], next: .start, end: .caughtUp))
        try store.append([try .begin(1, "a"), .request(1, 0), .request(1, 1), .request(1, 2)])
        let first = try store.reader.read(from: .start, limit: 2)
        #expect(first.entries.map(\.request.sequence) == [0, 1] && first.end == .more)
        let rest = try store.reader.read(from: first.next, limit: 2)
        #expect(rest.entries.map(\.position) == [StoragePosition(3)] && rest.end == .caughtUp)
        let end = try store.append([.request(1, 3)])
        #expect(end == StoragePosition(4))
        let more = try store.reader.read(from: rest.next, limit: 2)
        #expect(more.entries.map(\.position) == [end])
    }

    @Test(arguments: Kind.allCases)
    func aBatchIsWrittenWhollyOrNot(kind: Kind) throws {
        let store = try OpenStore(kind)
        try store.append([try .begin(1, "a"), .request(1, 0)])
        #expect(throws: StorageError.self) { try store.append([.request(1, 1), .request(1, 1)]) }
        #expect(try store.reader.read(from: .start, limit: 9).entries.count == 1)
        try store.append([.request(1, 1)])
        #expect(try store.reader.latestIncarnation(of: StreamID("a"))?.nextSequence == 2)
    }

    @Test(arguments: Kind.allCases)
    func aBatchThatIsAppendedAgainIsWrittenOnce(kind: Kind) throws {
        let store = try OpenStore(kind)
        let batch = StorageBatch(number: 1, [try .begin(1, "a"), .request(1, 0)])
        let end = try store.writer.append(batch, fence: store.fence)
        #expect(try store.writer.append(batch, fence: store.fence) == end)
        #expect(try store.reader.read(from: .start, limit: 9).entries.count == 1)
    }

    @Test(arguments: Kind.allCases)
    func aStaleTokenWritesNothing(kind: Kind) throws {
        let store = try OpenStore(kind)
        let stale = store.fence
        try store.append([try .begin(1, "a"), .request(1, 0)])
        let later = try store.writer.acquire(.test)
        #expect(stale < later)
        let batch = StorageBatch(number: 1, [.request(1, 1)])
        let errors = [
            #expect(throws: StorageError.self) { try store.writer.append(batch, fence: stale) },
            #expect(throws: StorageError.self) { try store.writer.trim(now: 0, fence: stale) },
            #expect(throws: StorageError.self) { try store.writer.release(stale, at: 0) },
        ]
        #expect(errors.allSatisfy { $0?.code == .notOwner && $0?.mayPass == false })
        try store.writer.append(batch, fence: later)
        try store.writer.release(later, at: 0)
        #expect(throws: StorageError.self) { try store.writer.append(batch, fence: later) }
        #expect(try store.reader.read(from: .start, limit: 9).entries.count == 2)
    }

    @Test(arguments: Kind.allCases)
    func theNewestCheckpointNotAfterAPlaceIsFound(kind: Kind) throws {
        let store = try OpenStore(kind)
        try store.append([try .begin(1, "a"), .request(1, 0), .request(1, 1)])
        try store.append([.checkpoint(1, 1), .checkpoint(1, 1, offset: 2, isTemporary: true)])
        #expect(try store.reader.checkpoint(of: 1, notAfter: nil)?.position == 2)
        let places = [(1, 2), (1, 1), (1, 0), (0, 9)] as [(UInt64, UInt64)]
        let found = try places.map { sequence, offset in
            let place = TextPosition(sequence: sequence, offset: offset)
            return try store.reader.checkpoint(of: 1, notAfter: place)?.position
        }
        #expect(found == [2, 0, 0, nil])
        try store.append([.checkpoint(1, 2)])
        #expect(
            try store.reader.checkpoint(of: 1, notAfter: TextPosition(sequence: 1, offset: 9))?
                .position == 0)
    }

    @Test(arguments: Kind.allCases)
    func aBacklogIsWhatIsBeyondTheCheckpoint(kind: Kind) throws {
        let store = try OpenStore(kind)
        let name = try StreamID("a")
        #expect(try store.reader.backlog(of: name) == nil)
        try store.append([try .begin(1, "a"), .request(1, 0), .checkpoint(1, 1), .request(1, 1)])
        try store.append([try .begin(2, "a", number: 1), .request(2, 0), try .begin(3, "b")])
        let backlog = try #require(try store.reader.backlog(of: name))
        #expect(backlog.first.key == 1 && backlog.latest.incarnation.key == 2)
        #expect(backlog.checkpoint?.sequence == 1)
        #expect(backlog.unread.map(\.request.key) == [1, 2])
        #expect(backlog.lastOperation == .text)
        #expect(try store.reader.unfinishedStreams() == [name])
        try store.append([.ended(1, time: 5), .ended(2, time: 6)])
        #expect(try store.reader.backlog(of: name) == nil)
        #expect(try store.reader.unfinishedStreams() == [])
    }

    @Test(arguments: Kind.allCases)
    func trimmingKeepsWhatRecoveryNeeds(kind: Kind) throws {
        let store = try OpenStore(kind, maxAge: 100)
        try store.append([try .begin(1, "a"), .request(1, 0), .request(1, 1), .checkpoint(1, 2)])
        while try store.writer.trim(now: 1000, fence: store.fence) {}
        #expect(try store.reader.read(from: .start, limit: 9).entries.count == 2)
        try store.append([.sweepBegan(shard: 0), .request(1, 2), .sweepEnded(shard: 0)])
        while try store.writer.trim(now: 1000, fence: store.fence) {}
        #expect(try store.reader.horizon() == StoragePosition(3))
        let page = try store.reader.read(from: .start, limit: 9)
        #expect(page.entries.map(\.request.sequence) == [2] && page.end == .caughtUp)
        let status = try #require(try store.reader.latestIncarnation(of: StreamID("a")))
        #expect(status.cut == 2 && status.nextSequence == 3)
        #expect(try store.reader.backlog(of: StreamID("a"))?.unread.count == 1)
    }
}
