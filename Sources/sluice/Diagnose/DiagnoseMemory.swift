import ArgumentParser
import Bench
import Client
import Foundation
import Model
import Terminal
import Training

struct DiagnoseMemory: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "memory", abstract: "Show which cell solves tasks that need a long memory.",
        discussion: """
              adding   two of many digits are marked; the target at the end is their sum
              copy     five symbols, then blanks; the targets at the end are the symbols

            Each cell is trained on each length until it has 99% of new texts right, or for the \
            maximum number of steps. Recurrent weights start uniform in ±1/√H, as in PyTorch. The \
            biases of forget and update gates start so that units remember for 1 to as many steps \
            as the text has (Tallec and Ollivier 2018). Cells with gates then solve the tasks and \
            RNNs do not, since the gradient of an RNN vanishes before it reaches the symbols \
            (Hochreiter and Schmidhuber 1997, Jozefowicz et al. 2015). A second start helps RNNs: \
            a random rotation or, with ReLU, the identity. Both preserve the norm of the \
            gradient, which is enough for copying (Arjovsky et al. 2016, Le et al. 2015).

              sluice diagnose memory
              sluice diagnose memory --task copy --lengths 20,50,100 --steps 3000
              sluice diagnose memory --start uniform,orthogonal,identity,xavier
              sluice diagnose memory --cells lstm,gru --gate-bias 1
            """)

    @Option(help: ArgumentHelp("Tasks (adding, copy).", valueName: "task,..."))
    var task = CommaSeparated(MemoryTask.allCases)

    @Option(help: ArgumentHelp("Lengths of the texts, 10 or more.", valueName: "steps,..."))
    var lengths = CommaSeparated([10, 30])

    @Option(help: ArgumentHelp("Cells to compare.", valueName: "cell,..."))
    var cells = CommaSeparated(DiagnosedCell.usual)

    @Option(help: ArgumentHelp("Maximum number of training steps.", valueName: "number"))
    var steps = 2000

    @Option(help: ArgumentHelp("Units of the layer.", valueName: "number")) var hiddenSize = 64

    @Option(
        help: ArgumentHelp(
            "Initial recurrent weights, for every cell: \(Self.starts) (default: uniform, for "
                + "RNNs also orthogonal or, with ReLU, identity).", valueName: "start,..."))
    var start: CommaSeparated<Initialisation.Method>?

    @Option(
        help: ArgumentHelp(
            "Bias of an LSTM's forget gate and a GRU's update gate (default: depends on the length).",
            valueName: "number"))
    var gateBias: Double?

    @Option(
        help: ArgumentHelp(
            "Learning rate of AdamW (default: 0.01, for RNNs 0.003).", valueName: "number"))
    var learningRate: Double?

    @Option(help: ArgumentHelp("Seed of weights and texts.", valueName: "number")) var seed:
        UInt64 = 1

    @Flag(help: "JSON lines instead of a table.") var json = false

    private static let starts = Initialisation.Method.allCases.map(\.rawValue)
        .joined(separator: ", ")

    func validate() throws {
        guard lengths.values.allSatisfy({ (10...2000).contains($0) }) else {
            throw ValidationError("--lengths: expected numbers from 10 to 2000")
        }
        guard gateBias.map({ (-20...20).contains($0) }) ?? true else {
            throw ValidationError("--gate-bias: expected a number from -20 to 20")
        }
        guard (1...1024).contains(hiddenSize), (1...1_000_000).contains(steps),
            learningRate.map({ $0 > 0 && $0.isFinite }) ?? true
        else {
            throw ValidationError(
                "expected --hidden-size 1 to 1024, --steps 1 to 1000000, --learning-rate above 0")
        }
    }

    func run() throws {
        let isWhole = try measure()
        if !isWhole { throw ExitCode.interrupted }
    }

    private func measure() throws -> Bool {
        let interruption = try Interruption.ofSignals()
        let table = TextTable([
            "task, length        ", "cell              ", "start    ", " right", "solved at step",
        ])
        let output = TextOutput.standardOutput
        if !json { try output.write(table.header + "\n") }
        for task in task.values {
            for length in lengths.values {
                for trial in trials(task, length) {
                    let outcome = run(trial, interruption)
                    if interruption.isRequested { return false }
                    try output.write(line(trial, outcome, table) + "\n")
                }
            }
        }
        return true
    }

    private func trials(_ task: MemoryTask, _ length: Int) -> [MemoryTrial] {
        cells.values.map(\.cell).flatMap { cell in
            let starts =
                start?.values.map { MemoryStart(recurrent: $0) }
                ?? MemoryStart.usual(for: cell)
            return starts.map { start in
                var trial = MemoryTrial(task: task, length: length, cell: cell, start: start)
                trial.start.gateBias = gateBias
                trial.hiddenSize = hiddenSize
                trial.steps = steps
                trial.learningRate = learningRate
                trial.seed = seed
                return trial
            }
        }
    }

    private func run(
        _ trial: MemoryTrial, _ interruption: Interruption
    ) -> MemoryTrial.Outcome {
        let pool = ThreadPool(threads: ProcessInfo.processInfo.activeProcessorCount)
        let progress = ProgressLine()
        defer { progress.clear() }
        return trial.run(pool: pool) { step, accuracy in
            let right = accuracy.map { ", \(String(format: "%.1f", 100 * $0))% right" } ?? ""
            progress.show(
                "\(trial.task.rawValue) \(trial.length), \(trial.cell.name), \(trial.start.name): step "
                    + "\(step)/\(steps)\(right)")
            return !interruption.isRequested
        }
    }

    private func line(
        _ trial: MemoryTrial, _ outcome: MemoryTrial.Outcome, _ table: TextTable
    ) -> String {
        let (task, length, cell) = (trial.task, trial.length, trial.cell)
        let solved = outcome.solvedAt.map { "\($0)" }
        guard json else {
            return table.row([
                "\(task.rawValue), \(length)", cell.name, trial.start.name,
                String(format: "%.1f%%", 100 * outcome.accuracy), solved ?? "-",
            ])
        }
        return """
            {"task":"\(task.rawValue)","length":\(length),"cell":"\(cell.name)",\
            "start":"\(trial.start.recurrent.rawValue)",\
            "accuracy":\(outcome.accuracy),"chance":\(task.chance),\
            "solved_at":\(solved ?? "null"),"steps":\(outcome.steps)}
            """
    }
}

extension MemoryTask: ExpressibleByArgument {}

extension Initialisation.Method: ExpressibleByArgument {}
