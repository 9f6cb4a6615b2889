import Journal
import Names
import Storage
import TestSupport
import Testing
import Wire

/// Texts in the store are what was written, whatever they are.
@Suite struct TextTests {
    /// All scalars, those of control too, some at a time.
    private static let scalars: [String] = {
        let all = (0...0x10FFFF as ClosedRange<UInt32>).compactMap(Unicode.Scalar.init)
        return stride(from: 0, to: all.count, by: 500).map { start in
            String(String.UnicodeScalarView(all[start..<min(all.count, start + 500)]))
        }
    }()

    private static func random(_ count: Int) -> [String] {
        var random = SeededRandom(seed: 5)
        return (0..<count).map { _ in
            let bytes = random.bytes(Int.random(in: 0...40, using: &random)).map { $0 % 4 }
            let scalars: [Unicode.Scalar] = ["\0", "\u{1}", "0", "1"]
            return String(String.UnicodeScalarView(bytes.map { scalars[Int($0)] }))
        }
    }

    @Test func everyScalarIsReadAsItWasWritten() throws {
        let store = try TemporaryStore()
        let writer = try JournalWriter(path: store.path)
        let only = try incarnation(1, "s")
        let texts = Self.scalars + Self.random(300)
        var entries: [StorageRecord] = [.began(only)]
        for (index, text) in texts.enumerated() {
            var request = request(1, UInt64(index))
            request.producer = Name("\(index) " + text)
            // One column for each scalar will do, since all are written alike.
            if index.isMultiple(of: 16) { request.endpoint = "\(index) " + text }
            (request.producerSequence, request.isAcknowledged) = (7, true)
            entries.append(.request(request))
        }
        try writer.write(entries)
        try writer.close()
        let reader = try JournalReader(path: store.path)
        try reader.check()
        let written = texts.enumerated().map { Name("\($0) " + $1) }
        #expect(Set(try reader.producers(of: only.name).map(\.producer)) == Set(written))
        let endpoints = stride(from: 0, to: written.count, by: 16).map { written[$0] }
        #expect(try reader.labels().map { Name($0) } == endpoints)
        let requests = try reader.requests(of: 1)
        #expect(requests.map(\.producer) == written)
        #expect(requests.compactMap { $0.endpoint.map { Name($0) } } == endpoints)
    }

    /// Every scalar that a stream's name may have.
    @Test func everyNameIsFoundByItself() throws {
        let store = try TemporaryStore()
        let writer = try JournalWriter(path: store.path)
        let all = (0x20...0x10FFFF as ClosedRange<UInt32>).compactMap(Unicode.Scalar.init)
            .filter { $0.properties.generalCategory != .control }
        var entries: [StorageRecord] = []
        for start in stride(from: 0, to: all.count, by: 997) {
            let name = String(String.UnicodeScalarView(all[start..<min(all.count, start + 50)]))
            entries.append(.began(try incarnation(StreamKey(entries.count + 1), name)))
        }
        try writer.write(entries)
        let reader = try JournalReader(path: store.path)
        for case .began(let incarnation) in entries {
            #expect(try reader.latestIncarnation(of: incarnation.name)?.incarnation == incarnation)
        }
        #expect(try reader.summaries().count == entries.count)
        try writer.close()
    }
}
