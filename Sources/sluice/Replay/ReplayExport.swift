import ArgumentParser
import Client
import Engine
import Files
import Foundation
import Model
import Replay
import Storage
import Terminal

struct ReplayExport: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Export the tokens of a session, or its states as tensors.",
        discussion: """
            jsonl and csv have one line for each token: its index, offset, text, surprisal, \
            sentiment, message and time, and the candidates for the next token.

            npz and safetensors have float32 [tokens, H] for each layer: the states after each \
            token, h0, c0, h1, …, and the gates, by PyTorch's names: i0, f0, g0, o0, i1, … of an \
            LSTM, r0, z0, n0, … of a GRU. They also have ids (int32 [tokens]), epochs (int64 \
            [tokens]), offsets (int64 [tokens, 2], bytes of the epoch's text), surprisal and \
            sentiment (float32 [tokens], NaN if not known). If the stream changed to a model of \
            another size, the tensors of that model are h0.1, c0.1, i0.1, …; ids has the tokens of \
            h0, then those of h0.1.

              sluice replay export reviews | jq 'select(.surprisal > 11) | .text'
              sluice replay export reviews --format csv -o reviews.csv
              sluice replay export reviews --format npz -o reviews.npz
              python3 -c 'import numpy; print(numpy.load("reviews.npz")["f0"].mean(axis=1))'
              sluice replay export reviews --format safetensors --from 1000 --to 2000 -o part.st
            """)

    enum Format: String, CaseIterable, ExpressibleByArgument { case jsonl, csv, npz, safetensors }

    @OptionGroup var session: SessionOptions

    @Option(help: ArgumentHelp("jsonl, csv, npz or safetensors.", valueName: "format"))
    var format = Format.jsonl

    @Option(
        name: [.short, .long],
        help: ArgumentHelp(
            "The file to write (default for text: the standard output).", valueName: "file"))
    var output: String?

    @OptionGroup var range: RangeOptions

    @Option(help: ArgumentHelp("Candidates for each next token.", valueName: "number"))
    var top: Int?

    @Flag(help: "Leave the gates out of npz and safetensors; they are larger than the states.")
    var withoutGates = false

    func validate() throws {
        if output == nil || output == "-", format == .npz || format == .safetensors {
            throw ValidationError("--format \(format.rawValue) needs -o FILE")
        }
        if let top, top < 1 { throw ValidationError("--top is at least 1") }
    }

    func run() throws {
        let interruption = try Interruption.ofSignals()
        let session = try session.open(hasInputTables: true)
        let tokens = try ExportedTokens(session, range, top: top, interruption)
        switch format {
        case .jsonl, .csv: try writeText(tokens)
        case .npz: try writeTensors(tokens, .npz)
        case .safetensors: try writeTensors(tokens, .safetensors)
        }
    }

    private func writeText(_ tokens: ExportedTokens) throws {
        guard let output, output != "-" else { return try write(tokens, on: .standardOutput) }
        try OutputFile.write(output, isPrivate: true) { descriptor in
            try write(tokens, on: TextOutput(descriptor))
        }
    }

    private func write(_ tokens: ExportedTokens, on output: TextOutput) throws {
        var text: [UInt8] = format == .csv ? Array(ExportedToken.csvHeader.utf8) : []
        while let token = try tokens.next() {
            if format == .csv {
                token.appendCSVRow(to: &text)
            } else {
                token.appendJSONLine(to: &text)
            }
            guard text.count > 1 << 16 else { continue }
            try output.write(text)
            text.removeAll(keepingCapacity: true)
        }
        try output.write(text)
    }

    private func writeTensors(_ tokens: ExportedTokens, _ format: TensorExport.Format) throws {
        guard let output else { return }
        let folder = OutputFile.folder(of: output)
        try OutputFile.write(output, isPrivate: true) { descriptor in
            let export = try TensorExport(folder: folder, hasGates: !withoutGates)
            while let token = try tokens.next() {
                try export.append(
                    token, before: tokens.valuesBefore, tokens.values, of: tokens.model)
            }
            guard export.tokens > 0 else { throw ExportError("there are no tokens to export") }
            try export.write(
                format, to: FileHandle(fileDescriptor: descriptor, closeOnDealloc: false))
        }
    }
}

/// The tokens of a part of a session.
final class ExportedTokens {
    private let player: SessionPlayer
    private let end: SessionPlace
    private let interruption: Interruption

    init(
        _ session: Session, _ range: RangeOptions, top: Int?, _ interruption: Interruption
    ) throws {
        end = try session.resolved(range.end)
        self.interruption = interruption
        player = try session.player(
            at: range.start ?? .start,
            listening: top.map { .audience(.everything(top: $0)) } ?? .everything)
        player.keepsInput = true
    }

    func next() throws -> ExportedToken? {
        // An incomplete file is not kept.
        guard !interruption.isRequested else { throw ExitCode.interrupted }
        return try player.nextToken(before: end)
    }

    /// h0, c0, … when the latest token was about to be read, and after it.
    var valuesBefore: [Float] { player.input?.values ?? [] }
    var values: [Float] { player.values }
    var model: Model { player.model }
}
