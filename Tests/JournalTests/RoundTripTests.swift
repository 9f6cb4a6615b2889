import Journal
import Names
import Storage
import Testing
import Wire

@Suite struct RoundTripTests {
    @Test func everyEntryReadsAsWritten() throws {
        let store = try TemporaryStore()
        let writer = try JournalWriter(path: store.path)
        let model = ModelRecord(fingerprint: someModel, folder: "/models/one")
        let first = try incarnation(writer.nextKey, "a/ä\u{1F980}")
        var request0 = request(first.key, 0)
        request0.text = Array(0...255)
        request0.producer = "p\0\u{e9}"
        request0.producerSequence = .max
        request0.producerTime = -1.5
        request0.endpoint = "tcp://127.0.0.1:5555"
        request0.isAcknowledged = true
        request0.more = true
        var request1 = request(first.key, 1)
        request1.text = [0, 1, 2, 3]
        var outcome1 = outcome(first.key, 1)
        outcome1.eventsDigest = nil
        let permanent = checkpoint(first.key, 1, position: 0)
        let temporary = checkpoint(first.key, 1, position: 3, isTemporary: true)
        let run = RunRecord(
            started: 3, version: "1.0", model: someModel, kernelTier: "avx2", threads: 2)
        try writer.beginRun(run)
        try writer.write([
            .model(model), .began(first), .request(request0), .outcome(outcome(first.key, 0)),
            .checkpoint(permanent), .request(request1), .outcome(outcome1),
            .checkpoint(temporary),
        ])

        let reader = try JournalReader(path: store.path)
        let status = try #require(try reader.latestIncarnation(of: first.name))
        #expect(status.incarnation == first)
        #expect(!status.isEnded)
        #expect(status.nextSequence == 2)
        #expect(try reader.requests(of: first.key) == [request0, request1])
        #expect(try reader.requests(of: first.key, from: 1, limit: 1) == [request1])
        #expect(try reader.outcomes(of: first.key) == [outcome(first.key, 0), outcome1])
        #expect(try reader.outcomes(of: first.key, from: 1).first == outcome1)
        #expect(try reader.outcomes(of: first.key, from: 2).isEmpty)
        #expect(try reader.latestCheckpoint(of: first.key) == temporary)
        #expect(
            try reader.checkpoint(of: first.key, notAfter: TextPosition(sequence: 1)) == permanent)
        #expect(try reader.checkpoint(of: first.key, notAfter: TextPosition(sequence: 0)) == nil)
        #expect(
            try reader.checkpoint(of: first.key, notAfter: TextPosition(sequence: 1, offset: 100))
                == temporary)
        #expect(try reader.checkpoint(of: first.key, atOrBeforeToken: 12) == permanent)
        #expect(try reader.checkpoint(of: first.key, atOrBeforeToken: 13) == temporary)
        #expect(try reader.producerNumbers(of: first.name) == ["p\0\u{e9}": .max])
        #expect(try reader.models() == [model])
        #expect(try reader.runs() == [run])

        try writer.write([.ended(first.key, time: 9)])
        try writer.endRun(at: 10)
        #expect(try reader.latestIncarnation(of: first.name)?.ended == 9)
        #expect(try reader.latestCheckpoint(of: first.key) == permanent)
        #expect(try reader.runs().map(\.stopped) == [10])
        try writer.close()
    }

    @Test func theTailBeginsAtTheSlowestShardsSweep() throws {
        let store = try TemporaryStore()
        let writer = try JournalWriter(path: store.path, options: JournalOptions(shards: 2))
        let only = try incarnation(1, "s")
        try writer.write([.began(only), .request(request(1, 0)), .sweepBegan(shard: 0)])
        try writer.write([.request(request(1, 1)), .sweepBegan(shard: 1), .sweepEnded(shard: 0)])
        let reader = try JournalReader(path: store.path)
        #expect(try tail(of: reader).count == 2)
        try writer.write([.request(request(1, 2)), .sweepEnded(shard: 1)])
        #expect(try reader.horizon() == StoragePosition(2))
        #expect(try tail(of: reader).count == 2)
        let entries = [2, 3].map { position in
            StoragePage.Entry(
                position: StoragePosition(position), incarnation: only, isEnded: false,
                request: request(1, UInt64(position - 1)))
        }
        #expect(try tail(of: reader, limit: 1) == entries)
    }

    @Test func aLaterWriterGoesOn() throws {
        let store = try TemporaryStore()
        var writer: JournalWriter? = try JournalWriter(path: store.path)
        try writer?.write([.began(try incarnation(1, "a")), .request(request(1, 0))])
        try writer?.close()
        writer = try JournalWriter(path: store.path)
        #expect(writer?.nextKey == 2)
        try writer?.write([
            .outcome(outcome(1, 0)), .began(try incarnation(2, "b")), .request(request(2, 0)),
        ])
        let reader = try JournalReader(path: store.path)
        #expect(try reader.outcomes(of: 1).first == outcome(1, 0))
        #expect(try tail(of: reader).count == 2)
    }
}
