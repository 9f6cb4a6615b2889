import ArgumentParser
import Bench
import Client
import Daemon
import DefaultModel
import Engine
import Files
import Foundation
import Journal
import Kernels
import Model
import Replay
import Report
import StrictTOML
import Threads
import Tokenizer
import Training
import Walk
import Wire
import ZeroMQ

/// Runs a command's body; an error is printed and becomes the exit code that is documented for it.
func reportingFailure<Result>(_ body: () throws -> Result) throws -> Result {
    do {
        return try body()
    } catch {
        throw reported(error)
    }
}

/// Runs a command's body; an error is printed and becomes the exit code that is documented for it.
///
/// - Parameter print: takes a line that says what was wrong.
func reportingAsyncFailure<Result>(
    by print: (String) -> Void = printError, _ body: () async throws -> Result
) async throws -> Result {
    do {
        return try await body()
    } catch {
        throw reported(error, by: print)
    }
}

private func printError(_ line: String) {
    try? Client.OutputStream.standardError.write(line + "\n")
}

private func reported(
    _ error: any Error, by print: (String) -> Void = printError
) -> any Error {
    // The parser's own errors print themselves, usage included.
    guard let code = exitCode(for: error) else { return error }
    guard code != .readerGone else { return code }
    let text = "\(error)".escapedForTerminal(keepingLayout: true)
    print("sluice: \(text)")
    return code
}

extension ExitCode {
    /// As of a filter that SIGPIPE ended, which has nothing to say.
    static let readerGone = ExitCode(128 + SIGPIPE)
}

/// By sysexits(3); nil for what is not ours.
private func exitCode(for error: any Error) -> ExitCode? {
    switch error {
    case is ConfigurationError: ExitCode(78)
    case let error as ModelError: error.exitCode
    case is MissingDefaultModel, is MissingModelError: ExitCode(66)
    case is SnapshotError, is ExportError: ExitCode(65)
    case is StepError, is ExpressionError, is EditError: ExitCode(64)
    case is WalkError: ExitCode(65)
    case let error as EvaluationError: error.exitCode
    case is Refusal, is KernelError, is EndpointError, is RandomModelError: ExitCode(64)
    case is ServedDaemonError, is ControlPlaceError: ExitCode(69)
    case let error as TrainingError: error.exitCode
    case let error as CorpusError: error.exitCode
    case let error as TokenizerError: error.exitCode
    case is BPEOptionsError: ExitCode(64)
    case let error as JournalError: error.exitCode
    case let error as ReportError: error.exitCode
    case let error as ZeroMQError: error.exitCode
    case is WakeEventError: ExitCode(70)
    case let error as ClientError: error.exitCode
    case let error as OutputError: error == .closed ? .readerGone : ExitCode(74)
    case let error as StateError: error.exitCode
    default: nil
    }
}

extension ZeroMQError {
    fileprivate var exitCode: ExitCode {
        switch operation {
        case .bind, .connect: ExitCode(69)
        default: ExitCode(70)
        }
    }
}

extension JournalError {
    fileprivate var exitCode: ExitCode {
        switch code {
        case .damaged, .foreign: ExitCode(65)
        case .unreadable, .missing: ExitCode(66)
        case .inUse, .locked: ExitCode(69)
        case .readOnly, .full, .io, .moved: ExitCode(74)
        }
    }
}

extension CorpusError {
    fileprivate var exitCode: ExitCode {
        switch self {
        case .missing: ExitCode(66)
        case .unreadable: ExitCode(74)
        case .badCompression, .notUTF8, .foreignText, .badTable: ExitCode(65)
        case .interrupted: ExitCode(130)
        }
    }
}

extension TokenizerError {
    fileprivate var exitCode: ExitCode {
        if case .unreadable = self { ExitCode(66) } else { ExitCode(65) }
    }
}

extension ReportError {
    fileprivate var exitCode: ExitCode {
        switch self {
        case .writeFailed: ExitCode(74)
        case .noSuchLayer: ExitCode(64)
        case .noTokens, .tooManyTokens, .moreTokens, .tooLarge, .inconsistent: ExitCode(65)
        }
    }
}

extension EvaluationError {
    fileprivate var exitCode: ExitCode {
        switch self {
        case .interrupted: ExitCode(130)
        case .outOfMemory: ExitCode(70)
        case .on(_, let error): error.exitCode
        case .noHead, .unsupported, .noTokens, .notFinite: ExitCode(65)
        }
    }
}

extension ClientError {
    fileprivate var exitCode: ExitCode {
        switch self {
        case .inputMissing: ExitCode(66)
        case .noTerminal: ExitCode(64)
        case .readFailed: ExitCode(74)
        case .unavailable: ExitCode(69)
        case .unacknowledged: ExitCode(75)
        case .refused, .foreignText: ExitCode(65)
        case .declined(let refusal, _): refusal.exitCode
        }
    }
}

extension ControlRefusal {
    fileprivate var exitCode: ExitCode {
        switch code {
        case Refusal.Code.noSuchStream.rawValue: ExitCode(66)
        case Code.busy, Code.stopping: ExitCode(75)
        case Code.store: ExitCode(74)
        case Code.request: ExitCode(70)
        default: ExitCode(65)
        }
    }
}

extension StateError {
    fileprivate var exitCode: ExitCode {
        switch self {
        case .inUse: ExitCode(69)
        case .noStream, .noModel: ExitCode(66)
        case .refused(let refusal, _): ControlRefusal(refusal).exitCode
        case .snapshot, .exists: ExitCode(65)
        case .terminal: ExitCode(64)
        }
    }
}

extension ModelError {
    fileprivate var exitCode: ExitCode {
        switch code {
        case .unreadable: ExitCode(66)
        case .unwritable: ExitCode(73)
        default: ExitCode(65)
        }
    }
}

extension TrainingError {
    fileprivate var exitCode: ExitCode {
        switch self {
        case .recipe: ExitCode(78)
        case .file, .changedInputs: ExitCode(65)
        case .noRoom: ExitCode(73)
        case .diverged: ExitCode(1)
        }
    }
}
