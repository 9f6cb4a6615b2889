extension Recipe.OptimiserSettings {
    var clipping: Clipping { Clipping(norm: clipNorm, value: clipValue) }

    func make(_ parameters: ParameterSet<Float>) -> any Optimiser {
        switch kind {
        case .adamw:
            AdamW(
                parameters, beta1: beta1, beta2: beta2, epsilon: epsilon, weightDecay: weightDecay,
                sentimentRate: sentimentRate)
        case .sgd, .asgd:
            SGD(
                parameters, momentum: momentum, weightDecay: weightDecay,
                sentimentRate: sentimentRate)
        }
    }
}
