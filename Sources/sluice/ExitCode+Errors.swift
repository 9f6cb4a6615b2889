import ArgumentParser
import Bench
import Client
import Curve
import Daemon
import Debugger
import DefaultModel
import Engine
import Files
import HTTP
import Journal
import Kernels
import Model
import Replay
import Report
import Storage
import StrictTOML
import Terminal
import Threads
import Tokenizer
import Training
import Wire
import ZeroMQ

extension ExitCode {
    /// Nil for errors of the argument parser.
    init?(of error: any Error) {
        guard let code = Self.code(of: error) else { return nil }
        self = code
    }

    private static func code(of error: any Error) -> ExitCode? {
        switch error {
        case is ConfigurationError, is CurveKeyError, is AccessError: .badConfiguration
        case let error as KeyListError: error.exitCode
        case let error as ModelError: error.exitCode
        case is MissingDefaultModel, is MissingModelError: .noInput
        case is BackupInterrupted: .interrupted
        case is SnapshotError, is ExportError: .badData
        case is StepError, is ExpressionError, is EditError: .usage
        case is DebuggerError: .badData
        case let error as EvaluationError: error.exitCode
        case is Refusal, is KernelError, is EndpointError, is RandomModelError: .usage
        case is ServedDaemonError, is ControlPlaceError, is HTTPAddressError: .unavailable
        case is SecretFileError: .badConfiguration
        case let error as TrainingError: error.exitCode
        case let error as CorpusError: error.exitCode
        case let error as TokenizerError: error.exitCode
        case is BPEOptionsError: .usage
        case let error as StorageError: error.exitCode
        case let error as ReportError: error.exitCode
        case let error as ZeroMQError: error.exitCode
        case is WakeEventError: .internalError
        case let error as ClientError: error.exitCode
        case let error as OutputError: error == .closed ? .readerGone : .ioError
        case TerminalError.unreadable: .ioError
        case is TerminalError: .usage
        case let error as StateError: error.exitCode
        default: nil
        }
    }
}

extension ZeroMQError {
    fileprivate var exitCode: ExitCode {
        switch operation {
        case .bind, .connect: .unavailable
        default: .internalError
        }
    }
}

extension StorageError {
    fileprivate var exitCode: ExitCode {
        switch code {
        case .damaged, .foreign: .badData
        case .unreadable, .missing: .noInput
        case .inUse, .locked: .unavailable
        case .exists: .cannotCreate
        case .readOnly, .full, .io, .moved, .notOwner, .unknownOutcome, .partial: .ioError
        }
    }
}

extension CorpusError {
    fileprivate var exitCode: ExitCode {
        switch self {
        case .missing: .noInput
        case .unreadable: .ioError
        case .badCompression, .notUTF8, .foreignText, .badTable: .badData
        case .interrupted: .interrupted
        }
    }
}

extension TokenizerError {
    fileprivate var exitCode: ExitCode {
        if case .unreadable = self { .noInput } else { .badData }
    }
}

extension ReportError {
    fileprivate var exitCode: ExitCode {
        switch self {
        case .writeFailed: .ioError
        case .noSuchLayer: .usage
        case .noTokens, .tooManyTokens, .tooLarge, .inconsistent: .badData
        }
    }
}

extension EvaluationError {
    fileprivate var exitCode: ExitCode {
        switch self {
        case .interrupted: .interrupted
        case .outOfMemory: .internalError
        case .on(_, let error): error.exitCode
        case .noHead, .noTokens, .notFinite: .badData
        }
    }
}

extension ClientError {
    fileprivate var exitCode: ExitCode {
        switch self {
        case .inputMissing: .noInput
        case .readFailed: .ioError
        case .unavailable: .unavailable
        case .denied: .denied
        case .unacknowledged: .tryAgain
        case .refused, .foreignText: .badData
        case .declined(let refusal, _): refusal.exitCode
        }
    }
}

extension ControlRefusal {
    fileprivate var exitCode: ExitCode {
        switch code {
        case Refusal.Code.noSuchStream.rawValue: .noInput
        case Refusal.Code.notAllowed.rawValue: .denied
        case Code.busy, Code.stopping: .tryAgain
        case Code.store: .ioError
        case Code.configuration: .badConfiguration
        case Code.noSuchConnection: .noInput
        case Code.request: .internalError
        default: .badData
        }
    }
}

extension KeyListError {
    fileprivate var exitCode: ExitCode {
        switch self {
        case .noKey: .noInput
        case .exists, .notEditable: .badData
        case .notWritten: .cannotCreate
        }
    }
}

extension StateError {
    fileprivate var exitCode: ExitCode {
        switch self {
        case .inUse: .unavailable
        case .noStream, .noModel: .noInput
        case .refused(let refusal, _): ControlRefusal(refusal).exitCode
        case .snapshot, .exists: .badData
        case .terminal: .usage
        }
    }
}

extension ModelError {
    fileprivate var exitCode: ExitCode {
        switch code {
        case .unreadable: .noInput
        case .unwritable: .cannotCreate
        default: .badData
        }
    }
}

extension TrainingError {
    fileprivate var exitCode: ExitCode {
        switch self {
        case .recipe: .badConfiguration
        case .file, .changedInputs: .badData
        case .noRoom: .cannotCreate
        case .diverged: .failure
        }
    }
}
