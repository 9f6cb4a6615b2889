extension UnrolledNetwork {
    /// The losses of the latest forward pass.
    package func loss(_ batch: MiniBatch) -> BatchLoss {
        heads(batch, scales: (nil, nil))
    }

    /// The losses of the latest forward pass. Adds the gradient of their weighted means to the
    /// parameters' gradients, times `scale` (1 / n to accumulate n mini-batches).
    @discardableResult
    package func backward(
        _ batch: MiniBatch, weights: LossWeights = LossWeights(), scale: Double = 1,
        step: Int? = nil
    ) -> BatchLoss {
        let count = batch.targets.reduce(0) { $0 + ($1 >= 0 ? 1 : 0) }
        let sentimentWeight = batch.sentiments.reduce(0) { $0 + $1.weight }
        featuresGradient.row(0, count: batch.shape.rows).fill(0)
        let loss = heads(
            batch,
            scales: (
                count > 0 ? scale * weights.next / Double(count) : nil,
                sentimentWeight > 0 ? scale * weights.sentiment / sentimentWeight : nil
            ))
        backwardFromFeatures(batch, step: step)
        return loss
    }

    private func heads(_ batch: MiniBatch, scales: (Double?, Double?)) -> BatchLoss {
        var loss = BatchLoss()
        loss.tokenCount = batch.targets.reduce(0) { $0 + ($1 >= 0 ? 1 : 0) }
        loss.sentimentWeight = batch.sentiments.reduce(0) { $0 + $1.weight }
        if loss.tokenCount > 0, let vocabulary {
            loss.tokens = vocabulary.run(
                features, gradient: featuresGradient, scale: scales.0, batch, workers)
        }
        if let sentiment {
            loss.sentiment = sentiment.run(
                features, gradient: featuresGradient, scale: scales.1, batch)
        }
        return loss
    }

    /// The most probable token of each row that has a target.
    func bestTokens(_ batch: MiniBatch) -> [(row: Int, token: Int32)] {
        vocabulary?.best(features, batch, workers) ?? []
    }

    package func sentimentLogits(_ batch: MiniBatch) -> [Double] {
        sentiment?.logits(features, batch) ?? []
    }
}
