import Model
import Tokenizer

/// Fills a trace; its layers name the units to keep.
struct TraceRecorder: TraceSink {
    private var trace: SessionTrace
    private let model: Model

    init(_ trace: SessionTrace, tokens: Int, model: Model) {
        self.trace = trace
        self.model = model
        for layer in trace.layers.indices {
            let count = tokens * trace.layers[layer].units.count
            for vector in trace.layers[layer].vectors.indices {
                self.trace.layers[layer].vectors[vector].reserveCapacity(count)
            }
        }
    }

    mutating func take(_ token: TracedToken, _ view: borrowing some TokenView & ~Copyable) {
        trace.tokens.append(token)
        trace.top = view.top
        if view.top > 0 {
            trace.candidateIDs += view.candidateIDs
            trace.candidateProbabilities += view.candidateProbabilities.prefix(view.top)
        }
        let layout = model.network.stateLayout
        let (state, size) = (view.stateValues, layout.hiddenSize)
        for layer in trace.layers.indices {
            let first = layer * layout.kinds.count
            for kind in layout.kinds.indices {
                let start = (first + kind) * size
                append(state[start..<start + size], vector: kind, layer: layer)
            }
            for (gate, values) in view.gates(layer: layer, token: token.id).enumerated() {
                append(values[...], vector: layout.kinds.count + gate, layer: layer)
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

    consuming func finish() -> SessionTrace {
        for id in Set(trace.candidateIDs) where id >= 0 {
            trace.candidateTexts[id] = Array(model.tokenizer.vocabulary.bytes(of: id))
        }
        return trace
    }
}
