import TestSupport
import Testing

@testable import Tokenizer

@Suite struct SnapshotTests {
    @Test(arguments: Fixture.all)
    func aRestoredTokenizerGoesOnAsIfNothingHadHappened(_ fixture: Fixture) throws {
        let encoder = fixture.tokenizer.makeEncoder()
        let other = fixture.tokenizer.makeEncoder()
        for example in fixture.cases where example.bytes.count <= 60 {
            var state = Reading(encoder)
            for byte in example.bytes {
                let next = try state.restored(other)
                #expect(next == state)
                state = next.reading([byte])
            }
            #expect(state.finished.map(\.id) == example.ids)
        }
    }

    @Test func theInvalidBytesOfABytesStreamAreCountedAcrossASnapshot() throws {
        let encoder = ByteTokenizer().makeEncoder()
        let state = try Reading(encoder).reading([0xFF, 0xE2, 0x82]).restored(encoder)
        #expect(state.tokenizer.invalidByteCount == 1)
        #expect(state.reading([0x41]).tokenizer.invalidByteCount == 3)
    }

    @Test func damagedSnapshotsAreRefused() throws {
        let encoder = Fixture.crafted.tokenizer.makeEncoder()
        let good = Reading(encoder).reading(Array("a b".utf8) + [0xC3]).tokenizer.snapshot()
        _ = try IncrementalTokenizer(encoder, restoring: good)
        var damaged: [[UInt8]] = [[], Array(good.prefix(15)), good + [0xC3]]
        for (index, byte) in [(0, 2), (1, 0), (2, 99), (3, 9), (4, 0x41), (5, 0xFF), (15, 0xFF)] {
            damaged.append(good)
            damaged[damaged.count - 1][index] = UInt8(byte)
        }
        for snapshot in damaged {
            #expect(throws: TokenizerError.self) {
                _ = try IncrementalTokenizer(encoder, restoring: snapshot)
            }
        }
    }

    @Test func arbitrarySnapshotsNeverStopTheProcess() {
        var random = SeededRandom(seed: 7)
        let encoder = Fixture.crafted.tokenizer.makeEncoder()
        var restored = 0
        for _ in 0..<3000 {
            var before = IncrementalTokenizer(encoder)
            var read: [Token] = []
            before.append(random.text(6), into: &read)
            var snapshot = before.snapshot()
            switch Int.random(in: 0..<6, using: &random) {
            case 0: snapshot[2] = UInt8.random(in: 0...10, using: &random)
            case 1: snapshot[3] = UInt8.random(in: 0...2, using: &random)
            case 2: snapshot[4] = [0, 0xC3, 0xE2, 0x9F].randomElement(using: &random)!
            case 3: snapshot += random.text(2)
            default: break
            }
            guard var tokenizer = try? IncrementalTokenizer(encoder, restoring: snapshot) else {
                continue
            }
            restored += 1
            var tokens: [Token] = []
            tokenizer.append(random.bytes(4), into: &tokens)
            tokenizer.finish(into: &tokens)
            #expect(!tokens.isEmpty)
        }
        #expect(restored > 300)
    }
}
