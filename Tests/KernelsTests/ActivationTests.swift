import Foundation
import Kernels
import Randomness
import Testing

enum Activation: CaseIterable {
    case exp, log, sigmoid, tanh

    func apply(_ kernels: Kernels, _ values: inout [Float]) {
        switch self {
        case .exp: kernels.exp(&values)
        case .log: values = values.map { kernels.log($0) }
        case .sigmoid: kernels.sigmoid(&values)
        case .tanh: kernels.tanh(&values)
        }
    }

    func exact(_ x: Double) -> Double {
        switch self {
        case .exp: Foundation.exp(x)
        case .log: Foundation.log(x)
        case .sigmoid: 1 / (1 + Foundation.exp(-x))
        case .tanh: Foundation.tanh(x)
        }
    }

    /// The range where the result is a normal number.
    var range: ClosedRange<Float> {
        switch self {
        case .exp: -87.3...88.3
        case .log: .leastNonzeroMagnitude ... .greatestFiniteMagnitude
        case .sigmoid: -87.3...100
        case .tanh: -100...100
        }
    }
}

/// Elementwise functions, compared with Foundation's in double precision and between tiers.
struct ActivationTests {
    /// Every magnitude from denormal up, both signs, and dense stretches around 0 and 1.
    private func samples(in range: ClosedRange<Float>) -> [Float] {
        var random = SeededRandom(seed: 7)
        let magnitudes = stride(from: UInt32(0), to: Float.infinity.bitPattern, by: 49_999)
            .map { Float(bitPattern: $0) }
        let nearOne = (-3000...3000).map { 1 + Float($0) * 0x1p-16 }
        let all = magnitudes + magnitudes.map { -$0 } + random.floats(5001, in: -12...12) + nearOne
        return all.filter(range.contains)
    }

    @Test(arguments: Activation.allCases) func isAFewUlpsFromExact(
        _ function: Activation
    ) throws {
        let x = samples(in: function.range)
        var y = x
        function.apply(try Kernels(), &y)
        let worst = zip(x, y).map { ulps($1, from: function.exact(Double($0))) }.max()
        #expect(try #require(worst) <= 3)
    }

    @Test func theEndsAreExact() throws {
        let infinity = Float.infinity
        for kernels in try allKernels() {
            var exp: [Float] = [-infinity, -1e30, -200, 0, 89, 1e30, infinity]
            kernels.exp(&exp)
            #expect(exp == [0, 0, 0, 1, infinity, infinity, infinity])
            let log: [Float] = [0, -0.0, 1, infinity]
            #expect(log.map { kernels.log($0) } == [-infinity, -infinity, 0, infinity])
            var sigmoid: [Float] = [-infinity, -1e30, -200, 0, 20, 1e30, infinity]
            kernels.sigmoid(&sigmoid)
            #expect(sigmoid == [0, 0, 0, 0.5, 1, 1, 1])
            var tanh: [Float] = [-infinity, -1e30, -10, -0.0, 0, 10, 1e30, infinity]
            kernels.tanh(&tanh)
            #expect(tanh == [-1, -1, -1, 0, 0, 1, 1, 1])
            #expect(tanh[3].sign == .minus)
        }
    }

    @Test func notANumberStaysSo() throws {
        for kernels in try allKernels() {
            for function in Activation.allCases {
                var x: [Float] = [.nan, 0.5, .nan]
                function.apply(kernels, &x)
                #expect(x[0].isNaN && x[2].isNaN && x[1].isFinite)
            }
            #expect(kernels.log(-1).isNaN && kernels.log(-.infinity).isNaN)
        }
    }

    @Test func everyTierAndPlaceGivesTheSameBits() throws {
        var x = samples(in: -100...100)
        x = Array(x.prefix(x.count / 64 * 64 + 37))
        let reference = try Kernels(tier: .portable)
        for function in Activation.allCases {
            var expected = x
            function.apply(reference, &expected)
            for kernels in try allKernels() {
                var whole = x
                function.apply(kernels, &whole)
                #expect(whole.bits == expected.bits, "\(function), \(kernels.tier)")
                var shifted = Array(x.dropFirst(5).prefix(100))
                function.apply(kernels, &shifted)
                #expect(shifted.bits == expected.bits[5..<105].map { $0 })
            }
        }
    }
}
