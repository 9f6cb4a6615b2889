import Foundation
import TestSupport
import Testing

@testable import Training

/// A run's curves, drawn from its log.
@Suite struct RunCurvesTests {
    private func curves(_ losses: [Double]) throws -> String {
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "curves-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (log, file) = (
            folder.appending(path: "log.jsonl"), folder.appending(path: "curves.svg")
        )
        let lines = losses.enumerated().map { index, loss in
            #"{"event":"step","step":\#(10 * (index + 1)),"loss":\#(loss)}"#
        }
        try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: log)
        try RunCurves.draw(log, to: file)
        return try String(contentsOf: file, encoding: .utf8)
    }

    private static let falling = (0..<200).map { 1.5 + 4 * exp(-Double($0) / 40) }

    @Test func aSpikeDoesNotFlattenTheCurve() throws {
        var losses = Self.falling
        losses[150] = 80_000
        let svg = try curves(losses)
        #expect(svg.contains("nats; spikes beyond 6.05 are cut off"), "\(svg)")
        for tick in [">80000<", ">80,000<", ">80k<"] { #expect(!svg.contains(tick)) }
    }

    @Test func whereACurveBeginsIsNoSpike() throws {
        #expect(try !curves(Self.falling).contains("cut off"))
        #expect(try !curves([5, 3, 2]).contains("cut off"))
    }
}
