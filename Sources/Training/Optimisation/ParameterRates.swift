/// A factor on the learning rate for each parameter (discriminative fine-tuning, Howard and Ruder
/// 2018, section 3.2).
struct ParameterRates {
    private let rates: [Float]

    /// 1 for all parameters.
    init() { rates = [] }

    /// - Parameter sentiment: the factor of the sentiment head; other parameters have 1.
    init(_ parameters: ParameterSet<Float>, sentiment: Double) {
        rates = parameters.all.map { $0.name.hasPrefix("sentiment.") ? Float(sentiment) : 1 }
    }

    subscript(parameter: Int) -> Float { rates.isEmpty ? 1 : rates[parameter] }
}
