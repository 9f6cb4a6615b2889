import ArgumentParser
import Bench
import DefaultModel
import Files
import Foundation
import Kernels
import Model
import PlainText

/// What to measure, and how to print it; for all of `bench`.
struct BenchOptions: ParsableArguments {
    @Option(
        name: [.short, .long],
        help: ArgumentHelp("A model's folder, instead of the two models.", valueName: "folder"))
    var model: String?

    @Option(
        help: ArgumentHelp(
            "A network of random weights, instead of the two models: \(NetworkShape.format).",
            valueName: "shape"), transform: parsedShape)
    var shape: NetworkShape?

    @OptionGroup var kernelOptions: KernelOptions

    @Flag(help: "JSON lines instead of tables.")
    var json = false

    func validate() throws {
        if model != nil, shape != nil {
            throw ValidationError("--model and --shape exclude each other")
        }
    }

    /// What is measured, with its name in the results.
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

    func kernels() throws(KernelError) -> Kernels { try kernelOptions.kernels() }
}

/// The text to measure with.
struct BenchTextOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Text to read (default: a page of a novel).", valueName: "file"))
    var text: String?

    func read() throws -> String {
        guard let path = text else { return BenchText.builtIn }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw ValidationError("--text: cannot read '\(path)'")
        }
        let text: String
        do {
            text = String(decoding: try Array(data).textOfFile(), as: UTF8.self)
        } catch {
            throw ValidationError("--text: '\(path)': \(error)")
        }
        guard text.contains(where: { !$0.isWhitespace }) else {
            throw ValidationError("--text: '\(path)' has no words")
        }
        return text
    }
}

/// What is measured with a store on a disk.
struct BenchStoreOptions: ParsableArguments {
    @Option(name: [.short, .long], help: ArgumentHelp("Compute threads.", valueName: "number"))
    var threads = 1

    @Option(
        help: ArgumentHelp(
            "Where to make the temporary store (default: the folder for temporary files).",
            valueName: "folder"))
    var storeFolder: String?

    var folder: URL {
        storeFolder.map { URL(filePath: $0) } ?? FileManager.default.temporaryDirectory
    }
}

/// - Parameter limits: of each option its value and the largest allowed; the least is 1.
func checkCounts(_ limits: [(name: String, value: Int, most: Int)]) throws {
    for (name, value, most) in limits where !(1...max(1, most)).contains(value) {
        throw ValidationError("--\(name) is from 1 to \(most)")
    }
}

extension NetworkShape {
    /// Writes a model folder with random weights, with a tokenizer like the shipped model's.
    ///
    /// - Throws: `RandomModelError`, `MissingDefaultModel`, `CocoaError`.
    func writeModel(to folder: URL) throws {
        let tokenizer = try DefaultModel.folder.appending(path: "tokenizer.json")
        try RandomModelFolder(self, tokenizerLike: Data(contentsOf: tokenizer)).write(to: folder)
    }
}

extension BenchOptions.Subject {
    /// Calls with the model's folder; that of random weights is temporary.
    func withFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
        switch self {
        case .folder(let url, _): return try body(url)
        case .random(let shape):
            let temporary = try TemporaryFolder("sluice-bench")
            try shape.writeModel(to: temporary.url)
            return try body(temporary.url)
        }
    }
}

func parsedShape(_ text: String) throws -> NetworkShape {
    guard let shape = NetworkShape(text) else {
        throw ValidationError(
            "'\(text)' is not a shape; expected \(NetworkShape.format), such as "
                + "\(NetworkShape.standard), with the cell lstm, gru or rnn")
    }
    return shape
}

/// Numbers from 1, separated by commas.
func parsedCounts(_ text: String) throws -> [Int] {
    try text.split(separator: ",", omittingEmptySubsequences: false).map { part in
        guard let number = Int(part), (1...1 << 20).contains(number) else {
            throw ValidationError("'\(part)' is not a number from 1 to \(1 << 20)")
        }
        return number
    }
}

func parsedSeconds(_ text: String) throws -> Double {
    guard let seconds = Double(text), (0.01...3600).contains(seconds) else {
        throw ValidationError("'\(text)' is not a number of seconds from 0.01 to 3600")
    }
    return seconds
}
