/// What the learning rate is multiplied by, for each parameter (Howard and Ruder 2018, section 3.2:
/// discriminative fine-tuning).
struct ParameterRates {
    private let rates: [Float]

    /// 1 for all.
    init() { rates = [] }

    /// - Parameter sentiment: for the sentiment head; 1 for all else.
    init(_ parameters: ParameterSet<Float>, sentiment: Double) {
        rates = parameters.all.map { $0.name.hasPrefix("sentiment.") ? Float(sentiment) : 1 }
    }

    subscript(parameter: Int) -> Float { rates.isEmpty ? 1 : rates[parameter] }
}
