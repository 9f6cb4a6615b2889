import ArgumentParser
import Bench
import Kernels
import Model

struct BenchKernels: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kernels",
        abstract:
            "Time the network's steps on one thread, and compare them with the processor's FMA peak.",
        discussion: """
            A step reads one token in each stream of a batch. "cells" is the recurrent layers, "head" \
            is the vocabulary head with its top 8 and log-sum-exp, "full" is both. GFLOP/CPU s counts \
            matrix products only. The FMA peak is measured in turns with the steps.

              sluice bench kernels
              sluice bench kernels --batches 1,64 --kernel-tier portable
              sluice bench kernels --shape gru,256,3,128,4096 --seconds 5
              sluice bench kernels --input-table --json
            """)

    @Option(
        help: ArgumentHelp("Streams in a step.", valueName: "number,..."),
        transform: parsedCounts)
    var batches = [1, 4, 16, 64, 256]

    @Option(
        help: ArgumentHelp("Duration of each measurement.", valueName: "seconds"),
        transform: parsedSeconds)
    var seconds = 1.5

    @Flag(help: "Read the input products of layer 0 from a table, as serve does by default.")
    var inputTable = false

    @OptionGroup var options: BenchOptions

    func validate() throws {
        guard batches.allSatisfy({ $0 <= 4096 }) else {
            throw ValidationError("--batches has more than 4096 streams in a step")
        }
    }

    func run() throws {
        try benchmarking(json: options.json) { output in
            let kernels = try options.kernels()
            for subject in try options.subjects() { try measure(subject, kernels, output) }
        }
    }

    private func measure(
        _ subject: BenchOptions.Subject, _ kernels: Kernels, _ output: BenchOutput
    ) throws {
        output.progress(subject.name)
        let network = try network(subject, inputTable: inputTable ? kernels : nil)
        let measurement = KernelMeasurement(network, kernels: kernels, inputTable: inputTable)
        try output.begin(
            "\(subject.name), kernels \(kernels.tier.rawValue), 1 thread"
                + (inputTable ? ", with input table" : ""),
            columns: [
                "batch": "batch", "part ": "part", "   µs/step": "cpu_us",
                " tokens/s": "tokens_s", "tokens/CPU s": "tokens_per_cpu_s",
                "GFLOP/CPU s": "gflop_per_cpu_s", "% of fma peak": "fma_peak_percent",
            ])
        var peaks: [Double] = []
        for batch in batches {
            output.progress("\(subject.name), batch \(batch)")
            let rows = try measurement.rows(batch: batch, seconds: seconds, output.interruption)
            for row in rows { try show(row, subject, network.config, kernels, output) }
            peaks.append(contentsOf: rows.prefix(1).map(\.peakFlopsPerSecond))
        }
        try output.note(
            "fma peak of a thread: \((peaks.median / 1e9).formatted(digits: 1)) GFLOP/s")
    }

    private func network(
        _ subject: BenchOptions.Subject, inputTable: Kernels?
    ) throws -> Network {
        switch subject {
        case .random(let shape):
            try .random(config: shape.config, inputTable: inputTable, inputTableLimit: .max)
        case .folder(let url, _):
            try Model.load(from: url, inputTable: inputTable, inputTableLimit: .max).network
        }
    }

    private func show(
        _ row: KernelMeasurement.Row, _ subject: BenchOptions.Subject, _ config: ModelConfig,
        _ kernels: Kernels, _ output: BenchOutput
    ) throws {
        let (batch, wall, cpu) = (Double(row.batch), row.elapsed.wall, row.elapsed.cpu)
        var line = JSONLine()
        line.add("engine", "sluice")
        line.add("threads", 1)
        line.add("cell", config.cell.rawValue)
        line.add("model", subject.name)
        line.add("part", row.part.rawValue)
        line.add("batch", row.batch)
        line.add("wall_us", wall * 1e6, digits: 1)
        line.add("cpu_us", cpu * 1e6, digits: 1)
        line.add("tokens_s", batch / wall, digits: 0)
        line.add("tokens_per_cpu_s", batch / cpu, digits: 0)
        line.add("gflop_s", row.work / wall / 1e9, digits: 1)
        line.add("gflop_per_cpu_s", row.flopsPerSecond / 1e9, digits: 1)
        line.add("fma_peak_gflop_per_cpu_s", row.peakFlopsPerSecond / 1e9, digits: 1)
        line.add("fma_peak_percent", 100 * row.shareOfPeak, digits: 1)
        line.add("kernel_tier", kernels.tier.rawValue)
        line.add("input_table", inputTable)
        try output.add(line)
    }
}
