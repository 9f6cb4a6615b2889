extension SessionTrace {
    /// Checks that all parts have the sizes that the tokens, the model and the units require.
    func check() throws(ReportError) {
        let count = tokens.count
        try expect(candidateIDs.count, count * top, "candidateIDs")
        try expect(candidateProbabilities.count, count * top, "candidateProbabilities")
        try expect(layers.count, model.layers, "layers")
        for (index, layer) in layers.enumerated() {
            try expect(layer.vectors.count, model.vectors.count, "layers[\(index)].vectors")
            for (name, values) in zip(model.vectors, layer.vectors) {
                try expect(values.count, count * layer.units.count, "layers[\(index)].\(name)")
            }
            let known = layer.units.filter { (0..<model.hiddenSize).contains($0) }
            try expect(
                Set(known).count, layer.units.count, "the different units of layers[\(index)]")
        }
        let ordered = marks.indices.dropFirst().filter {
            marks[$0 - 1].position <= marks[$0].position
        }
        try expect(ordered.count, max(marks.count - 1, 0), "the order of marks")
        let inside = marks.filter { (0...count).contains($0.position) }
        try expect(inside.count, marks.count, "marks within the tokens")
    }

    private func expect(_ found: Int, _ expected: Int, _ part: String) throws(ReportError) {
        guard found == expected else {
            throw .inconsistent(part: part, found: found, expected: expected)
        }
    }
}
