internal import Model

extension UnrolledNetwork {
    /// The forward pass of a mini-batch; call `pack` first. `step` is the training step that
    /// determines the dropout masks; nil for no dropout.
    package func forward(_ batch: MiniBatch, step: Int? = nil) {
        precondition(batch.shape.lanes == shape.lanes && batch.shape.steps <= shape.steps)
        let source = step.map { DropoutSource(rates: dropout, seed: seed, step: $0) }
        embed(batch, source)
        for layer in layers {
            gatherInput(layer, batch, inputMask(layer, source))
            layer.forward(batch, workers)
        }
        let mask = source?.mask("output dropout", rate: dropout.output, outputMask)
        workers.pool.forEach(batch.shape.rows) { row in
            features.row(row).copy(layers[layers.count - 1].output.row(row))
            features.row(row).multiply(by: mask?.row(row % shape.lanes))
        }
    }

    private func embed(_ batch: MiniBatch, _ source: DropoutSource?) {
        workers.pool.forEach(batch.shape.rows) { row in
            let word = Int(batch.tokens[row])
            let vector = embedded.row(row)
            vector.copy(embedding.value.row(word))
            guard let source, source.rates.embedding > 0 else { return }
            vector.scale(by: source.factor(ofWord: word))
        }
    }

    private func inputMask(
        _ layer: UnrolledLayer<Scalar>, _ source: DropoutSource?
    ) -> Matrix<Scalar>? {
        let rate = layer.index == 0 ? dropout.input : dropout.between
        return source?.mask("input dropout", layer.index, rate: rate, layer.mask)
    }

    /// Gathers a layer's input: the embedding, the layer below, or the embedding and all layers
    /// below.
    private func gatherInput(
        _ layer: UnrolledLayer<Scalar>, _ batch: MiniBatch, _ mask: Matrix<Scalar>?
    ) {
        workers.pool.forEach(batch.shape.rows) { row in
            let target = layer.input.row(row)
            for (source, place) in sources(of: layer) {
                target.part(place, source.columns).copy(source.row(row))
            }
            target.multiply(by: mask?.row(row % shape.lanes))
        }
    }

    /// The matrices that a layer reads and their columns in its input.
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
