import Model
import Report
import TestSupport

/// Sessions with known content, made without a network.
enum SyntheticTrace {
    static func model(
        _ cell: ModelConfig.Cell = .lstm, layers: Int = 2, hidden: Int = 32, sentiment: Bool = true
    ) -> TracedModel {
        TracedModel(
            name: "synthetic", fingerprint: String(repeating: "0a", count: 32), cell: cell,
            layers: layers, hiddenSize: hidden, hasSentiment: sentiment)
    }

    /// Spans at which unit 5 of layer 1 is high and unit 9 low, in h, and nowhere else.
    static let planted = [100..<104, 220..<226, 410..<413]

    /// Words, a message for every 60 of them, a reset in the middle.
    static func session(
        _ model: TracedModel = model(), tokens count: Int = 600, stream: String = "synthetic"
    ) -> SessionTrace {
        var trace = SessionTrace(stream: stream, model: model)
        var offset: UInt64 = 0
        for token in 0..<count {
            if token == count / 2 { offset = 0 }
            let bytes = Array((token % 20 == 19 ? " word\(token).\n" : " word\(token)").utf8)
            trace.tokens.append(
                TracedToken(
                    id: Int32(token % 50), bytes: bytes, offset: offset,
                    epoch: token < count / 2 ? 0 : 1,
                    surprisal: token == 0 ? nil : Float(token * 37 % 120) / 10,
                    score: model.hasSentiment ? Float(token % 80 - 40) / 40 : nil))
            offset += UInt64(bytes.count)
        }
        trace.marks = stride(from: 60, through: count, by: 60).map {
            TraceMark(position: $0, kind: .messageEnd(score: 0.5), time: 1_700_000_000)
        }
        let middle = trace.marks.firstIndex { $0.position > count / 2 } ?? trace.marks.count
        trace.marks.insert(TraceMark(position: count / 2, kind: .reset), at: middle)
        addCandidates(to: &trace)
        addLayers(to: &trace)
        return trace
    }

    private static func addCandidates(to trace: inout SessionTrace) {
        trace.top = 3
        for token in trace.tokens.indices {
            trace.candidateIDs += [Int32((token + 1) % 50), 60, 61]
            trace.candidateProbabilities += [0.5, 0.25, 0.125]
        }
        for id in Set(trace.candidateIDs) {
            trace.candidateTexts[id] = Array(" candidate\(id)".utf8)
        }
    }

    private static func addLayers(to trace: inout SessionTrace) {
        let (model, count) = (trace.model, trace.tokens.count)
        for layer in 0..<model.layers {
            var traced = LayerTrace(
                units: Array(0..<model.hiddenSize), vectors: model.vectors.count)
            for vector in traced.vectors.indices {
                traced.vectors[vector] = noise(
                    count * model.hiddenSize, seed: UInt64(layer * 10 + vector))
            }
            trace.layers.append(traced)
        }
        raise("c", by: 2, moving: 4, in: &trace)
        raise("f", by: 0.01, moving: 0.1, in: &trace)
        plant(in: &trace)
    }

    /// Each unit varies around its own level; the levels differ more than the units vary.
    private static func raise(
        _ vector: String, by step: Float, moving part: Float, in trace: inout SessionTrace
    ) {
        guard let index = trace.model.vectors.firstIndex(of: vector) else { return }
        for layer in trace.layers.indices {
            let units = trace.layers[layer].units.count
            trace.layers[layer].vectors[index] = trace.layers[layer].vectors[index].enumerated()
                .map { $1 * part + Float($0 % units) * step }
        }
    }

    /// Values from 0 to 0.4, repeated every ten thousand.
    private static func noise(_ count: Int, seed: UInt64) -> [Float] {
        var random = SeededRandom(seed: seed)
        let some = (0..<10_007).map { _ in Float(random.next() % 1000) / 2500 }
        var values: [Float] = []
        values.reserveCapacity(count + some.count)
        while values.count < count { values += some }
        values.removeLast(values.count - count)
        return values
    }

    private static func plant(in trace: inout SessionTrace) {
        guard trace.layers.count > 1 else { return }
        let size = trace.model.hiddenSize
        for token in planted.joined() where token < trace.tokens.count {
            trace.layers[1].vectors[0][token * size + 5] = 0.9
            trace.layers[1].vectors[0][token * size + 9] = -0.8
        }
    }

    /// Names and text that contain markup.
    static var hostile: SessionTrace {
        let text: [[UInt8]] = [
            Array("</script><script>window.hacked = 1</script>".utf8), Array("<!-- ".utf8),
            Array("<b id=text>&amp;\"'".utf8), Array("]]>\u{2028}\u{2029}\n".utf8),
            [0xe2], [0x82, 0xac], [0xff, 0xfe], [0xc3], Array("\u{202e}evil\u{202c}".utf8),
            Array("\u{301}".utf8), Array("שלום".utf8), [0x00, 0x1b, 0x7f, 0x0d, 0x0a, 0x09],
            Array("\u{200b}\u{feff}".utf8), Array("👍🏽".utf8), Array("\\u003c\\".utf8), [],
        ]
        let name = "</title><script>window.hacked = 1</script>\"'&<img src=x onerror=hacked=1>"
        var model = model(.gru, layers: 1, hidden: 20)
        model.name = name
        model.fingerprint = name
        var trace = session(model, tokens: text.count, stream: name)
        var offset: UInt64 = 0
        for (token, bytes) in text.enumerated() {
            trace.tokens[token].bytes = bytes
            trace.tokens[token].offset = offset
            offset += UInt64(bytes.count)
        }
        for id in trace.candidateTexts.keys {
            trace.candidateTexts[id] = Array("<script>window.hacked = 1</script>".utf8)
        }
        trace.tokens[3].surprisal = .infinity
        trace.tokens[4].score = .nan
        trace.layers[0].vectors[0][7] = .nan
        trace.layers[0].vectors[1][8] = .infinity
        return trace
    }
}
