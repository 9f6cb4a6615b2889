import Engine
import Model
import RecordingSupport
import Replay
import TestSupport
import Wire

extension RecordedStore {
    func session() throws -> Session { try session("s") }

    /// One stream, `s`: random texts whole and in pieces, flushes, resets, evictions.
    static func random(
        _ models: [Model], requests: Int = 16, checkpointTokens: UInt64 = 16, seed: UInt64
    ) throws -> RecordedStore {
        let store = try RecordedStore()
        var random = SeededRandom(seed: seed)
        for model in models {
            try store.serve(model, checkpointTokens: checkpointTokens)
            try store.accept(.text("Once "))
            for _ in 0..<requests { try store.addRandomRequest(&random) }
        }
        try store.finish()
        return store
    }

    private func addRandomRequest(_ random: inout SeededRandom) throws {
        switch Int.random(in: 0..<12, using: &random) {
        case 0: try accept(.operation(.flush))
        case 1: try accept(.operation(.reset))
        case 2:
            try run()
            try evict()
        default:
            var request = Request.text("", more: Bool.random(using: &random))
            let size = Int.random(in: 1...90, using: &random)
            request.text =
                Int.random(in: 0..<6, using: &random) == 0
                ? random.bytes(size) : random.text(size)
            try accept(request)
        }
        if Bool.random(using: &random) { try run() }
    }
}
