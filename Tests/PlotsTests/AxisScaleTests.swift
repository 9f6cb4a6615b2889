import Foundation
import TestSupport
import Testing

@testable import Plots

/// The positions of numbers on an axis, and its ticks.
@Suite struct AxisScaleTests {
    struct Example: Sendable {
        let scale: Axis.Scale
        let values: [Double]
        let count: Int
    }

    static let examples: [Example] = {
        var random = SeededRandom(seed: 3)
        return (0..<300).map { index in
            let scale: Axis.Scale = index.isMultiple(of: 2) ? .linear : .log
            let magnitude = Double.random(in: -6...6, using: &random)
            let spread = Double.random(in: 0.001...4, using: &random)
            let values = (0..<5).map { _ in
                let exponent = magnitude + Double.random(in: 0...spread, using: &random)
                let sign: Double = scale == .linear && index % 3 == 0 ? -1 : 1
                return sign * pow(10, exponent)
            }
            return Example(scale: scale, values: values, count: .random(in: 2...12, using: &random))
        }
    }()

    @Test func everyValueHasAPlaceInOrder() throws {
        for example in Self.examples {
            let scale = AxisScale(
                Axis(label: "", scale: example.scale), values: example.values, ticks: example.count)
            let places = try example.values.sorted().map { try #require(scale.position(of: $0)) }
            #expect(places == places.sorted())
            #expect(places.allSatisfy { (-1e-9...1 + 1e-9).contains($0) }, "\(example)")
        }
    }

    @Test func ticksAscendEnclosingTheValuesUnderDifferentNames() throws {
        for example in Self.examples {
            let scale = AxisScale(
                Axis(label: "", scale: example.scale), values: example.values, ticks: example.count)
            let values = scale.ticks.map(\.value)
            #expect(values.count >= 2 && values == values.sorted(), "\(example) \(scale.ticks)")
            #expect(values.count <= 3 * example.count + 3, "\(example) \(values)")
            #expect(Set(scale.ticks.map(\.label)).count == values.count, "\(scale.ticks)")
            let (least, most) = (
                try #require(example.values.min()), try #require(example.values.max())
            )
            let slack = 1e-6 * (most - least)
            #expect(try #require(values.first) <= least + slack)
            #expect(try #require(values.last) >= most - slack)
        }
    }

    @Test func ticksOfKnownAxes() {
        func labels(_ axis: Axis, _ values: [Double]) -> [String] {
            AxisScale(axis, values: values, ticks: 5).ticks.map(\.label)
        }
        #expect(labels(Axis(label: ""), [0, 1]) == ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"])
        #expect(labels(Axis(label: ""), [-3, 7]) == ["-4", "-2", "0", "2", "4", "6", "8"])
        #expect(labels(Axis(label: ""), [0, 40_000]) == ["0", "10k", "20k", "30k", "40k"])
        #expect(
            labels(Axis(label: "", scale: .log), [3, 700])
                == ["2", "5", "10", "20", "50", "100", "200", "500", "1000"])
        #expect(labels(Axis(label: "", range: 0...1), [0.4]).first == "0.0")
    }

    @Test func whatHasNoPlaceIsLeftOut() {
        let linear = AxisScale(Axis(label: ""), values: [1, .nan, 3, .infinity], ticks: 4)
        #expect(linear.position(of: .nan) == nil)
        #expect(linear.position(of: 2) != nil)
        let log = AxisScale(Axis(label: "", scale: .log), values: [0, -1, 10], ticks: 4)
        #expect(log.position(of: 0) == nil && log.position(of: -1) == nil)
        #expect(log.position(of: 10).map { (0...1).contains($0) } == true)
        let empty = AxisScale(Axis(label: ""), values: [], ticks: 4)
        #expect(empty.ticks.count >= 2)
    }

    /// `1e+14` beside `10G` would mix two notations on one axis.
    @Test func theTicksOfAnAxisAreWrittenInOneWay() {
        for values in [[1e-3, 1e14], [1e-20, 1], [1e9, 1e15], [0.01, 1e6], [1e-4, 10]] {
            let labels = AxisScale(Axis(label: "", scale: .log), values: values, ticks: 6)
                .ticks.map(\.label)
            let long = labels.filter { $0.contains("e") }
            #expect(long.isEmpty || long.count == labels.count, "\(labels)")
        }
    }
}
