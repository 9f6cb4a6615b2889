import ArgumentParser
import Bench
import DefaultModel
import Files
import Foundation
import Kernels
import Model

/// What to measure, and how to say it; for all of `bench`.
struct BenchOptions: ParsableArguments {
    @Option(
        name: [.short, .long],
        help: ArgumentHelp("A model's folder, in place of the two.", valueName: "folder"))
    var model: String?

    @Option(
        help: ArgumentHelp(
            "A network of random weights, in place of the two: \(NetworkShape.format).",
            valueName: "shape"), transform: parsedShape)
    var shape: NetworkShape?

    @Option(
        help: ArgumentHelp(
            """
            Instruction set: \(KernelTier.available.map(\.rawValue).joined(separator: ", ")) \
            (default: the fastest, or $SLUICE_KERNEL_TIER).
            """, valueName: "tier"), transform: parsedKernelTier)
    var kernelTier: KernelTier?

    @Flag(help: "JSON lines instead of tables.")
    var json = false

    func validate() throws {
        if model != nil, shape != nil {
            throw ValidationError("--model and --shape exclude each other")
        }
    }

    /// What is measured, each with the name that rows call it by.
    enum Subject {
        case folder(URL, name: String)
        case random(NetworkShape)

        var name: String {
            switch self {
            case .folder(_, let name): name
            case .random(let shape): shape.description
            }
        }
    }

    func subjects() throws(MissingDefaultModel) -> [Subject] {
        if let model {
            let url = URL(filePath: model)
            return [.folder(url, name: ModelName.of(url))]
        }
        if let shape { return [.random(shape)] }
        let shipped = try DefaultModel.folder
        return [.random(.standard), .folder(shipped, name: shipped.lastPathComponent)]
    }

    func kernels() throws(KernelError) -> Kernels {
        let name = ProcessInfo.processInfo.environment["SLUICE_KERNEL_TIER"] ?? ""
        let chosen = name.isEmpty ? nil : try KernelTier.selected(by: name)
        return try Kernels(tier: kernelTier ?? chosen ?? .best)
    }
}

/// A folder of random weights for as long as it is measured.
struct TemporaryModel: ~Copyable {
    private let temporary: TemporaryFolder
    var folder: URL { temporary.url }

    /// - Throws: `RandomModelError`, `MissingDefaultModel`, `CocoaError`.
    init(_ shape: NetworkShape) throws {
        let temporary = try TemporaryFolder("sluice-bench")
        try Self.write(shape, to: temporary.url)
        self.temporary = consume temporary
    }

    /// With a tokenizer like the shipped model's.
    static func write(_ shape: NetworkShape, to folder: URL) throws {
        let tokenizer = try DefaultModel.folder.appending(path: "tokenizer.json")
        try RandomModelFolder(shape, tokenizerLike: Data(contentsOf: tokenizer)).write(to: folder)
    }
}

extension BenchOptions.Subject {
    /// Calls with the model's folder, which for random weights is made for as long.
    func withFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
        switch self {
        case .folder(let url, _): return try body(url)
        case .random(let shape):
            let temporary = try TemporaryModel(shape)
            return try body(temporary.folder)
        }
    }
}

func parsedShape(_ text: String) throws -> NetworkShape {
    guard let shape = NetworkShape(text) else {
        throw ValidationError(
            "'\(text)' is no shape; expected \(NetworkShape.format), such as "
                + "\(NetworkShape.standard), the cell being lstm, gru or rnn")
    }
    return shape
}

/// Numbers above 0, with commas between.
func parsedCounts(_ text: String) throws -> [Int] {
    try text.split(separator: ",", omittingEmptySubsequences: false).map { part in
        guard let number = Int(part), (1...1 << 20).contains(number) else {
            throw ValidationError("'\(part)' is no number from 1 to \(1 << 20)")
        }
        return number
    }
}

func parsedSeconds(_ text: String) throws -> Double {
    guard let seconds = Double(text), (0.01...3600).contains(seconds) else {
        throw ValidationError("'\(text)' is no number of seconds from 0.01 to 3600")
    }
    return seconds
}
