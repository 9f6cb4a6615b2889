import ArgumentParser
import Bench
import Client
import Foundation
import Training

struct DiagnoseMemory: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "memory", abstract: "Which cell solves tasks that need a long memory.",
        discussion: """
            adding   two digits of many are marked; at the end comes their sum
            copy     five symbols, then blanks, then the symbols again

            Each cell is trained on each length until it is right 99 times out of 100 on texts it \
            never had, or the steps are used up. Recurrent weights begin as random rotations, those \
            of an RNN with ReLU as the identity.

              sluice diagnose memory
              sluice diagnose memory --task copy --lengths 20,50,100 --steps 3000
            """)

    @Option(help: ArgumentHelp("Tasks (adding, copy).", valueName: "task,..."))
    var task = CommaSeparated([MemoryTaskName.adding, .copy])

    @Option(help: ArgumentHelp("Lengths of the texts, 10 or more.", valueName: "steps,..."))
    var lengths = CommaSeparated([10, 30, 60])

    @Option(help: ArgumentHelp("Cells to compare.", valueName: "cell,..."))
    var cells = CommaSeparated(DiagnosedCell.usual)

    @Option(help: ArgumentHelp("Most steps of training.", valueName: "number")) var steps = 1500

    @Option(help: ArgumentHelp("Units of the layer.", valueName: "number")) var hiddenSize = 64

    @Option(name: .long, help: ArgumentHelp("Highest step of AdamW.", valueName: "number"))
    var learningRate = 3e-3

    @Option(help: ArgumentHelp("Of weights and texts.", valueName: "number")) var seed: UInt64 = 1

    @Flag(help: "JSON lines instead of a table.") var json = false

    func validate() throws {
        guard lengths.values.allSatisfy({ (10...2000).contains($0) }) else {
            throw ValidationError("--lengths: expected numbers from 10 to 2000")
        }
        guard (1...1024).contains(hiddenSize), (1...1_000_000).contains(steps), learningRate > 0
        else {
            throw ValidationError(
                "expected --hidden-size 1 to 1024, --steps 1 to 1000000, --learning-rate above 0")
        }
    }

    func run() throws {
        let isWhole = try reportingFailure { try measure() }
        if !isWhole { throw ExitCode(130) }
    }

    private func measure() throws -> Bool {
        let interruption = try Interruption()
        interruption.catchSignals()
        let table = TextTable([
            "task, length        ", "cell            ", " right", "solved at step",
        ])
        let output = OutputStream.standardOutput
        if !json { try output.write(table.header + "\n") }
        for task in task.values.map(\.task) {
            for length in lengths.values {
                for cell in cells.values {
                    let outcome = trial(task, length, cell.cell, interruption)
                    if interruption.isRequested { return false }
                    try output.write(line(task, length, cell.cell, outcome, table) + "\n")
                }
            }
        }
        return true
    }

    private func trial(
        _ task: MemoryTask, _ length: Int, _ cell: TrainedCell, _ interruption: Interruption
    ) -> MemoryTrial.Outcome {
        var trial = MemoryTrial(task: task, length: length, cell: cell)
        trial.hiddenSize = hiddenSize
        trial.steps = steps
        trial.learningRate = learningRate
        trial.seed = seed
        let team = Team(threads: ProcessInfo.processInfo.activeProcessorCount)
        let progress = ProgressLine()
        defer { progress.clear() }
        return trial.run(team: team) { step, accuracy in
            let right = accuracy.map { ", \(String(format: "%.1f", 100 * $0))% right" } ?? ""
            progress.show(
                "\(task.rawValue) \(length), \(cell.name): step \(step)/\(steps)\(right)")
            return !interruption.isRequested
        }
    }

    private func line(
        _ task: MemoryTask, _ length: Int, _ cell: TrainedCell, _ outcome: MemoryTrial.Outcome,
        _ table: TextTable
    ) -> String {
        let solved = outcome.solvedAt.map { "\($0)" }
        guard json else {
            return table.row([
                "\(task.rawValue), \(length)", cell.name,
                String(format: "%.1f%%", 100 * outcome.accuracy), solved ?? "-",
            ])
        }
        return """
            {"task":"\(task.rawValue)","length":\(length),"cell":"\(cell.name)",\
            "accuracy":\(outcome.accuracy),"chance":\(task.chance),\
            "solved_at":\(solved ?? "null"),"steps":\(outcome.steps)}
            """
    }
}

/// A task by its name on the command line.
enum MemoryTaskName: String, CaseIterable, ExpressibleByArgument {
    case adding, copy

    var task: MemoryTask { self == .adding ? .adding : .copy }
}
