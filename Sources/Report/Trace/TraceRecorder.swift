import Kernels
import Model
import Replay
import Tokenizer
import Wire

/// Fills a trace; its layers name the units to keep.
struct TraceRecorder {
    private var trace: SessionTrace
    private let model: Model
    private let gates: GateRunner

    init(
        _ trace: SessionTrace, tokens: Int, top: Int, model: Model, kernels: Kernels
    ) throws(ModelError) {
        self.trace = trace
        self.model = model
        gates = try GateRunner(model, kernels: kernels)
        self.trace.top = model.config.heads.next ? min(top, model.config.vocabularySize) : 0
        for layer in trace.layers.indices {
            let count = tokens * trace.layers[layer].units.count
            for vector in trace.layers[layer].vectors.indices {
                self.trace.layers[layer].vectors[vector].reserveCapacity(count)
            }
        }
    }

    /// - Parameters:
    ///   - before: h0, c0, … when the token was about to be read.
    ///   - values: the same after it.
    mutating func take(
        _ token: TracedToken, from before: [Float], to values: [Float],
        candidates: [Prediction.Candidate]
    ) {
        trace.tokens.append(token)
        let missing = max(0, trace.top - candidates.count)
        trace.candidateIDs += candidates.map(\.id) + Array(repeating: -1, count: missing)
        trace.candidateProbabilities +=
            candidates.map(\.probability) + Array(repeating: 0, count: missing)
        let layout = model.network.stateLayout
        let (kinds, size) = (layout.kinds.count, layout.hiddenSize)
        gates.show(before: before, after: values)
        for layer in trace.layers.indices where !trace.layers[layer].units.isEmpty {
            for kind in 0..<kinds {
                let start = (layer * kinds + kind) * size
                append(values[start..<start + size], vector: kind, layer: layer)
            }
            for (gate, values) in gates.gates(layer: layer, token: token.id).enumerated() {
                append(values[...], vector: kinds + gate, layer: layer)
            }
        }
    }

    private mutating func append(_ values: ArraySlice<Float>, vector: Int, layer: Int) {
        for unit in trace.layers[layer].units {
            trace.layers[layer].vectors[vector].append(values[values.startIndex + unit])
        }
    }

    mutating func take(_ kind: TraceMark.Kind, time: Double?) {
        trace.marks.append(TraceMark(position: trace.tokens.count, kind: kind, time: time))
    }

    var tokenCount: Int { trace.tokens.count }

    func finish() -> SessionTrace {
        var trace = trace
        for id in Set(trace.candidateIDs) where id >= 0 {
            trace.candidateTexts[id] = Array(model.tokenizer.vocabulary.bytes(of: id))
        }
        return trace
    }
}
