import ArgumentParser
import Daemon
import Kernels
import StrictTOML
import Wire
import ZeroMQ

/// Turns an error into one of the argument parser.
func validated<Value>(_ body: () throws -> Value) throws -> Value {
    do {
        return try body()
    } catch {
        throw ValidationError("\(error)")
    }
}

func parsedStream(_ text: String) throws -> StreamID {
    try validated { try StreamID(text) }
}

func parsedKinds(_ text: String) throws -> [EventKind] {
    try text.split(separator: ",").map { name in
        guard let kind = EventKind(rawValue: String(name)) else {
            let known = EventKind.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("there are no events of kind '\(name)'; expected one of \(known)")
        }
        return kind
    }
}

func parsedEndpoint(_ text: String) throws -> Endpoint {
    try validated { try Endpoint(text, for: .connect) }
}

func parsedDuration(_ text: String) throws -> Duration {
    guard let duration = Duration(configurationText: text) else {
        throw ValidationError("'\(text)' is not a duration; expected one such as 250ms or 10s")
    }
    return duration
}

func parsedKernelTier(_ text: String) throws -> KernelTier {
    try validated { try KernelTier.selected(by: text) }
}
