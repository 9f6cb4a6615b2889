/// Values `[tokens][units]` in 8 bits: a value is `scale[unit]` times an integer from -127 to 127. The
/// error is at most half of the scale.
struct QuantisedMatrix {
    /// `[units]`: the unit's largest magnitude divided by 127.
    let scales: [Float]
    private let values: [Float]

    /// Represents NaN and the infinities.
    static let notFinite = Int8.min

    init(_ values: [Float], units: Int) {
        var largest = [Float](repeating: 0, count: units)
        var unit = 0
        for value in values {
            let magnitude = abs(value)
            if magnitude > largest[unit] && magnitude.isFinite { largest[unit] = magnitude }
            unit = unit + 1 == units ? 0 : unit + 1
        }
        // The quotient of a subnormal number can be 0.
        scales = largest.map { $0 == 0 ? 0 : max($0 / 127, .leastNonzeroMagnitude) }
        self.values = values
    }

    /// `[units][range]`
    func unitMajor(_ range: Range<Int>) -> [Int8] {
        var output: [Int8] = []
        output.reserveCapacity(range.count * scales.count)
        for (unit, scale) in scales.enumerated() {
            let factor = scale == 0 ? 0 : 1 / scale
            var index = range.lowerBound * scales.count + unit
            for _ in range {
                output.append(Self.quantised(values[index], factor))
                index += scales.count
            }
        }
        return output
    }

    private static func quantised(_ value: Float, _ factor: Float) -> Int8 {
        guard value.isFinite else { return notFinite }
        return Int8(max(-127, min(127, (value * factor).rounded())))
    }
}
