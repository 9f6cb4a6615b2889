internal import Model

extension UnrolledNetwork {
    /// Reads a window, after `pack`. A `step` of training draws the masks of dropout; without one
    /// nothing is dropped.
    package func forward(_ batch: MiniBatch, step: Int? = nil) {
        precondition(batch.shape.lanes == shape.lanes && batch.shape.steps <= shape.steps)
        let source = step.map { DropoutSource(rates: dropout, seed: seed, step: $0) }
        embed(batch, source)
        for layer in layers {
            gatherInput(layer, batch, inputMask(layer, source))
            layer.forward(batch, workers)
        }
        let mask = source?.mask("output dropout", rate: dropout.output, outputMask)
        workers.pool.parallelFor(batch.shape.rows) { rows, _ in
            for row in rows {
                features.row(row).copy(layers[layers.count - 1].output.row(row))
                features.row(row).multiply(by: mask?.row(row % shape.lanes))
            }
        }
    }

    private func embed(_ batch: MiniBatch, _ source: DropoutSource?) {
        workers.pool.parallelFor(batch.shape.rows) { rows, _ in
            for row in rows {
                let word = Int(batch.tokens[row])
                let vector = embedded.row(row)
                vector.copy(embedding.value.row(word))
                guard let source, source.rates.embedding > 0 else { continue }
                vector.scale(by: source.factor(ofWord: word))
            }
        }
    }

    private func inputMask(
        _ layer: UnrolledLayer<Scalar>, _ source: DropoutSource?
    ) -> Matrix<Scalar>? {
        let rate = layer.index == 0 ? dropout.input : dropout.between
        return source?.mask("input dropout", layer.index, rate: rate, layer.mask)
    }

    /// What a layer reads: the embedding, the layer below, or all of them side by side.
    private func gatherInput(
        _ layer: UnrolledLayer<Scalar>, _ batch: MiniBatch, _ mask: Matrix<Scalar>?
    ) {
        workers.pool.parallelFor(batch.shape.rows) { rows, _ in
            for row in rows {
                let target = layer.input.row(row)
                for (source, place) in sources(of: layer) {
                    target.part(place, source.columns).copy(source.row(row))
                }
                target.multiply(by: mask?.row(row % shape.lanes))
            }
        }
    }

    /// Matrices that a layer reads and where they go in its input.
    private func sources(of layer: UnrolledLayer<Scalar>) -> [(Matrix<Scalar>, Int)] {
        placed(layer, embedded) { $0.output }
    }

    func placed(
        _ layer: UnrolledLayer<Scalar>, _ first: Matrix<Scalar>,
        _ part: (UnrolledLayer<Scalar>) -> Matrix<Scalar>
    ) -> [(Matrix<Scalar>, Int)] {
        if layer.index == 0 { return [(first, 0)] }
        guard config.skip == .dense else { return [(part(layers[layer.index - 1]), 0)] }
        var place = 0
        return ([first] + layers[..<layer.index].map(part)).map { matrix in
            defer { place += matrix.columns }
            return (matrix, place)
        }
    }
}
