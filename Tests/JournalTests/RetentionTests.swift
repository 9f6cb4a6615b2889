import Foundation
import Journal
import Names
import Storage
import StorageSupport
import TestSupport
import Testing

@Suite struct RetentionTests {
    private func options(maxAge: Double? = nil, maxBytes: Int? = nil) -> JournalOptions {
        JournalOptions(
            shards: RandomHistory.shards,
            retention: JournalOptions.Retention(maxAge: maxAge, maxBytes: maxBytes))
    }

    @Test(arguments: 1...4 as ClosedRange<UInt64>)
    func whatIsOldGoesAndTheRestCanBeReplayed(seed: UInt64) throws {
        let store = try TemporaryStore()
        var history = RandomHistory(seed: seed)
        let writer = try JournalWriter(path: store.path, options: options(maxAge: 120))
        for round in 0..<60 {
            try writer.write(history.batch())
            guard round % 10 == 9 else { continue }
            while try writer.retain(now: history.time) {}
            let reader = try JournalReader(path: store.path)
            try reader.check()
            for key in history.model.streams.keys {
                try expectKept(key, reader, history.model, before: history.time - 120)
            }
            try expectUntouched(reader, history.model)
        }
        let reader = try JournalReader(path: store.path)
        #expect(try reader.summaries().contains { $0.cut > 0 })
        #expect(try reader.summaries().count < history.model.streams.count)
        try writer.close()
    }

    /// Only what is old and before the horizon is gone, and each stream begins at a checkpoint.
    private func expectKept(
        _ key: StreamKey, _ reader: JournalReader, _ model: MemoryState, before limit: Double
    ) throws {
        let stream = try #require(model.streams[key])
        let all = stream.requests
        let old = all.prefix { $0.time < limit && isBeforeHorizon($0, model) }
        guard let status = try reader.incarnation(of: key) else {
            #expect(stream.ended != nil && old.count == all.count, "stream \(key) is gone")
            return
        }
        #expect(stream.ended == nil || all.isEmpty || old.count < all.count, "\(key) is left")
        #expect(try reader.requests(of: key) == Array(all.dropFirst(Int(status.cut))))
        #expect(status.cut <= old.count, "stream \(key)")
        #expect(status.nextSequence == all.count)
        let places = try reader.checkpoints(of: key).map(\.sequence)
        #expect(status.cut == 0 || places.contains(status.cut), "stream \(key)")
        #expect(status.cut >= places.last { $0 <= old.count } ?? 0, "stream \(key)")
    }

    private func isBeforeHorizon(_ request: RequestRecord, _ model: MemoryState) -> Bool {
        model.position(of: request).map { $0 < model.horizon } ?? false
    }

    /// What recovery needs.
    private func expectUntouched(_ reader: JournalReader, _ model: MemoryState) throws {
        let own = try MemoryStorage(model).makeReader()
        #expect(try tail(of: reader) == tail(of: own))
        for (key, stream) in model.streams where stream.ended == nil {
            var latest = stream.checkpoints.last
            latest?.isTemporary = false
            var found = try reader.latestCheckpoint(of: key)
            found?.isTemporary = false
            #expect(found == latest)
            let producers = try reader.producerNumbers(of: stream.incarnation.name)
            for request in stream.requests where request.isAcknowledged {
                #expect(producers[request.producer] ?? 0 >= request.producerSequence ?? 0)
            }
        }
    }

    @Test func aFileThatIsTooLargeIsShortened() throws {
        let store = try TemporaryStore()
        var history = RandomHistory(seed: 5)
        var writer = try JournalWriter(path: store.path, options: options())
        for _ in 0..<400 { try writer.write(history.batch()) }
        try writer.close()
        let before = try store.bytes().count
        let limit = before / 2
        writer = try JournalWriter(path: store.path, options: options(maxBytes: limit))
        while try writer.retain(now: history.time) {}
        let reader = try JournalReader(path: store.path)
        try reader.check()
        for key in history.model.streams.keys { try expectWhole(key, reader, history.model) }
        try expectUntouched(reader, history.model)
        #expect(try reader.summaries().map(\.requests).reduce(0, +) > 0)
        try writer.close()
        #expect(try store.bytes().count <= limit)
        #expect(try store.bytes().count > limit / 4)
    }

    /// What is kept of a stream continues without a gap from a checkpoint or its beginning.
    private func expectWhole(
        _ key: StreamKey, _ reader: JournalReader, _ model: MemoryState
    ) throws {
        let stream = try #require(model.streams[key])
        let all = stream.requests
        let old = all.prefix { isBeforeHorizon($0, model) }
        guard let status = try reader.incarnation(of: key) else {
            #expect(stream.ended != nil && old.count == all.count, "stream \(key) is gone")
            return
        }
        #expect(try reader.requests(of: key) == Array(all.dropFirst(Int(status.cut))))
        let places = try reader.checkpoints(of: key).map(\.sequence)
        let isGoing = stream.ended != nil && status.cut == all.count
        #expect(status.cut == 0 || isGoing || places.contains(status.cut), "stream \(key)")
    }

    @Test func oneCallDoesALimitedAmount() throws {
        let store = try TemporaryStore()
        let writer = try JournalWriter(
            path: store.path,
            options: JournalOptions(retention: JournalOptions.Retention(maxAge: 1)))
        let count: UInt64 = 1000
        try writer.write([.began(try incarnation(1, "a"))])
        try writer.write((0..<count).map { .request(request(1, $0)) })
        try writer.write((0..<count).map { .checkpoint(checkpoint(1, $0)) })
        try writer.write([
            .checkpoint(checkpoint(1, count)), .sweepBegan(shard: 0), .sweepEnded(shard: 0),
        ])
        var calls = 1
        while try writer.retain(now: 2_000_000_000) { calls += 1 }
        #expect((4...12).contains(calls))
        let reader = try JournalReader(path: store.path)
        try reader.check()
        #expect(try reader.incarnation(of: 1)?.cut == count)
        #expect(try reader.incarnation(of: 1)?.nextSequence == count)
        #expect(try reader.checkpoints(of: 1).map(\.sequence) == [count])
        try writer.write([.request(request(1, count))])
        #expect(try reader.requests(of: 1) == [request(1, count)])
    }

    /// What is kept rests on a checkpoint that the stream's next one would have replaced.
    @Test func aTemporaryCheckpointAtACutStays() throws {
        let store = try TemporaryStore()
        let writer = try JournalWriter(path: store.path, options: options(maxAge: 100))
        try writer.write([
            .began(try incarnation(1, "a")), .request(request(1, 0, time: 1000)),
            .checkpoint(checkpoint(1, 1, isTemporary: true)), .sweepBegan(shard: 0),
            .sweepEnded(shard: 0), .sweepBegan(shard: 1), .sweepEnded(shard: 1),
        ])
        while try writer.retain(now: 2000) {}
        try writer.write([
            .request(request(1, 1, time: 2000)), .checkpoint(checkpoint(1, 2, isTemporary: true)),
            .request(request(1, 2, time: 2000)),
            .checkpoint(checkpoint(1, 2, position: 1, isTemporary: true)),
        ])
        let reader = try JournalReader(path: store.path)
        #expect(try reader.checkpoints(of: 1).map(\.sequence) == [1, 2])
        #expect(try reader.checkpoint(of: 1, notAfter: TextPosition(sequence: 1))?.sequence == 1)
    }

    @Test func aProducerIsKnownLongerThanItsStream() throws {
        let store = try TemporaryStore()
        let writer = try JournalWriter(path: store.path, options: options(maxAge: 100))
        var first = request(1, 0, time: 1000)
        first.producer = "p"
        first.producerSequence = 5
        first.isAcknowledged = true
        let name = try incarnation(1, "a").name
        try writer.write([
            .began(try incarnation(1, "a")), .request(first), .request(request(1, 1, time: 1001)),
            .ended(1, time: 1001), .sweepBegan(shard: 0), .sweepEnded(shard: 0),
            .sweepBegan(shard: 1), .sweepEnded(shard: 1),
        ])
        let reader = try JournalReader(path: store.path)
        while try writer.retain(now: 1050) {}
        #expect(try reader.producerNumbers(of: name) == ["p": 5])
        #expect(try reader.latestIncarnation(of: name)?.isEnded == true)
        while try writer.retain(now: 1200) {}
        #expect(try reader.latestIncarnation(of: name) == nil)
        #expect(try reader.producerNumbers(of: name) == [:])
        #expect(writer.nextKey == 2)
        try writer.close()
        let later = try JournalWriter(path: store.path)
        #expect(later.nextKey == 2)
        try later.write([.began(try incarnation(2, "a")), .request(request(2, 0))])
        #expect(try tail(of: reader).map(\.position) == [StoragePosition(3)])
    }
}

extension RetentionTests {
    /// A clock that was ahead for a while, by more than any of this lasts, keeps nothing else.
    @Test func timesToComeKeepNothingThatIsOld() throws {
        let store = try TemporaryStore()
        let options = JournalOptions(retention: .init(maxAge: 100))
        let writer = try JournalWriter(path: store.path, options: options)
        let now = 1_700_000_000.0
        try writer.write([.began(try incarnation(1, "a")), .began(try incarnation(2, "b"))])
        for sequence in 0..<600 as Range<UInt64> {
            try writer.write([
                .request(request(1, sequence, time: sequence < 300 ? now + 1e9 : now)),
                .request(request(2, sequence, time: now)),
            ])
        }
        try writer.write([
            .checkpoint(checkpoint(1, 599)), .checkpoint(checkpoint(2, 599)),
            .sweepBegan(shard: 0), .sweepEnded(shard: 0),
        ])
        while try writer.retain(now: now + 50) {}
        let reader = try JournalReader(path: store.path)
        #expect(try reader.requestCount() == 1200)
        while try writer.retain(now: now + 101) {}
        while try writer.retain(now: now + 101) {}
        #expect(try reader.requests(of: 1).count == 1)
        #expect(try reader.requests(of: 2).count == 1)
        try reader.check()
        try writer.close()
    }
}
