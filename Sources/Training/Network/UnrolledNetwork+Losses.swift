extension UnrolledNetwork {
    /// The losses of the window just read.
    package func loss(_ window: WindowPlan) -> WindowLoss {
        heads(window, scales: (nil, nil))
    }

    /// The losses of the window just read. Adds the gradient of their means, weighted, to the
    /// parameters'; `scale` multiplies it (1 / n to accumulate over n windows).
    @discardableResult
    package func backward(
        _ window: WindowPlan, weights: LossWeights = LossWeights(), scale: Double = 1,
        step: Int? = nil
    ) -> WindowLoss {
        let count = window.targets.reduce(0) { $0 + ($1 >= 0 ? 1 : 0) }
        let sentimentWeight = window.sentiments.reduce(0) { $0 + $1.weight }
        featuresGradient.row(0, count: window.shape.rows).fill(0)
        let loss = heads(
            window,
            scales: (
                count > 0 ? scale * weights.next / Double(count) : nil,
                sentimentWeight > 0 ? scale * weights.sentiment / sentimentWeight : nil
            ))
        backwardFromFeatures(window, step: step)
        return loss
    }

    private func heads(_ window: WindowPlan, scales: (Double?, Double?)) -> WindowLoss {
        var loss = WindowLoss()
        loss.tokenCount = window.targets.reduce(0) { $0 + ($1 >= 0 ? 1 : 0) }
        loss.sentimentWeight = window.sentiments.reduce(0) { $0 + $1.weight }
        if loss.tokenCount > 0, let vocabulary {
            loss.tokens = vocabulary.run(
                features, gradient: featuresGradient, scale: scales.0, window, workers)
        }
        if let sentiment {
            loss.sentiment = sentiment.run(
                features, gradient: featuresGradient, scale: scales.1, window)
        }
        return loss
    }

    /// The likeliest token of each of the window's rows that has a target.
    func bestTokens(_ window: WindowPlan) -> [(row: Int, token: Int32)] {
        vocabulary?.best(features, window, workers) ?? []
    }

    /// The sentiment logit of each of the window's targets.
    package func sentimentLogits(_ window: WindowPlan) -> [Double] {
        sentiment?.logits(features, window) ?? []
    }
}
