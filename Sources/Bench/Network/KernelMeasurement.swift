package import Client
package import Kernels
package import Model

/// Times one-token steps of a network on one thread: the recurrent layers ("cells"), the vocabulary
/// head ("head") and both ("full"), in turns with the processor's fma peak.
package struct KernelMeasurement {
    package enum Part: String, CaseIterable, Sendable { case cells, head, full }

    package struct Row: Sendable {
        package let part: Part
        package let batch: Int
        /// Of one step.
        package let elapsed: Elapsed
        /// Of the matrix products, for each CPU second.
        package let flopsPerSecond: Double
        /// What the thread can do, measured in turns with the step.
        package let peakFlopsPerSecond: Double
        /// Of the fma peak, from 0 to 1: the median over the turns.
        package let shareOfPeak: Double
        /// Floating-point operations of one step.
        package let work: Double
    }

    package static let top = 8

    private let network: Network
    private let kernels: Kernels
    private let work: WorkPerToken

    package init(_ network: Network, kernels: Kernels, inputTable: Bool) {
        self.network = network
        self.kernels = kernels
        work = WorkPerToken(network.config, inputTable: inputTable)
    }

    /// - Parameter seconds: for each part.
    /// - Throws: `ModelError`, `Interrupted`.
    package func rows(
        batch: Int, seconds: Double, _ interruption: Interruption
    ) throws -> [Row] {
        let stepped = try SteppedNetwork(
            network, kernels: kernels, batch: batch, top: Self.top)
        let parts: [Part] = network.config.heads.next ? Part.allCases : [.cells]
        let peak = PeakLoop(kernels)
        let turns = Turns([peak.run] + parts.map { stepped.step($0) })
        let rounds = try turns.rounds(
            seconds: seconds * Double(parts.count), interruption)
        let peaks = rounds.map { peak.flops / $0[0].cpu }
        return parts.enumerated().map { index, part in
            let work = Double(batch) * self.work.of(part)
            let times = rounds.map { $0[index + 1] }
            let elapsed = times.median
            return Row(
                part: part, batch: batch, elapsed: elapsed, flopsPerSecond: work / elapsed.cpu,
                peakFlopsPerSecond: peaks.median,
                shareOfPeak: zip(times, peaks).map { work / $0.cpu / $1 }.median, work: work)
        }
    }
}

/// Independent fma chains in registers, about a millisecond at a time.
private struct PeakLoop {
    private static let iterations = 1 << 16
    private let kernels: Kernels
    /// Of one run.
    let flops: Double

    init(_ kernels: Kernels) {
        self.kernels = kernels
        flops = kernels.spinFMA(iterations: Self.iterations)
    }

    func run() { _ = kernels.spinFMA(iterations: Self.iterations) }
}

extension SteppedNetwork {
    fileprivate func step(_ part: KernelMeasurement.Part) -> () -> Void {
        switch part {
        case .cells: advance
        case .head: predict
        case .full: fullStep
        }
    }
}

extension WorkPerToken {
    fileprivate func of(_ part: KernelMeasurement.Part) -> Double {
        switch part {
        case .cells: cells
        case .head: head
        case .full: cells + head
        }
    }
}
