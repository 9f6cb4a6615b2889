internal import Model

extension UnrolledNetwork {
    /// The backward pass from `featuresGradient` to the embedding.
    func backwardFromFeatures(_ batch: MiniBatch, step: Int?) {
        let source = step.map { DropoutSource(rates: dropout, seed: seed, step: $0) }
        let rows = batch.shape.rows
        embeddedGradient.row(0, count: rows).fill(0)
        for layer in layers { layer.outputGradient.row(0, count: rows).fill(0) }
        takeFeaturesGradient(batch, dropped: source != nil && dropout.output > 0)
        for layer in layers.reversed() {
            layer.backward(batch, workers)
            scatterInputGradient(
                layer, batch,
                dropped: source != nil && (layer.index == 0 ? dropout.input : dropout.between) > 0)
            dropWeightGradients(layer, source)
        }
        addEmbeddingGradient(batch, source)
    }

    private func takeFeaturesGradient(_ batch: MiniBatch, dropped: Bool) {
        let top = layers[layers.count - 1].outputGradient
        workers.pool.forEach(batch.shape.rows) { row in
            top.row(row).copy(featuresGradient.row(row))
            top.row(row).multiply(by: dropped ? outputMask.row(row % shape.lanes) : nil)
        }
    }

    private func scatterInputGradient(
        _ layer: UnrolledLayer<Scalar>, _ batch: MiniBatch, dropped: Bool
    ) {
        let targets = placed(layer, embeddedGradient) { $0.outputGradient }
        workers.pool.forEach(batch.shape.rows) { row in
            let gradient = layer.inputGradient.row(row)
            gradient.multiply(by: dropped ? layer.mask.row(row % shape.lanes) : nil)
            for (target, place) in targets {
                target.row(row).add(gradient.part(place, target.columns))
            }
        }
    }

    private func dropWeightGradients(_ layer: UnrolledLayer<Scalar>, _ source: DropoutSource?) {
        for (number, direction) in layer.directions.enumerated() {
            guard let dropout = source?.weights(layer.index, number) else { continue }
            let gradient = direction.weights.hidden.gradient
            workers.pool.forEach(gradient.rows) { row in
                dropout.apply(row, to: gradient.row(row))
            }
        }
    }

    /// Threads divide the columns, so that rows of the same token are added in order.
    private func addEmbeddingGradient(_ batch: MiniBatch, _ source: DropoutSource?) {
        workers.pool.parallelFor(embedded.columns, grain: 16) { columns, _ in
            for row in 0..<batch.shape.rows {
                let word = Int(batch.tokens[row])
                let factor: Scalar = source?.factor(ofWord: word) ?? 1
                let gradient = embeddedGradient.row(row).part(columns.lowerBound, columns.count)
                let target = embedding.gradient.row(word).part(columns.lowerBound, columns.count)
                for i in 0..<columns.count { target[i] += factor * gradient[i] }
            }
        }
    }
}
