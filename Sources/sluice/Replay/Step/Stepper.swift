import Debugger
import Engine
import Foundation
import Kernels
import Model
import Replay
import Storage

/// The current place of `replay step`, and its commands.
final class Stepper {
    let debugger: SessionDebugger
    let gates: GateReader
    private(set) var breakpoints = Breakpoints()
    private(set) var point: SessionPoint

    /// - Throws: `StorageError`, `MissingModelError`, `KernelError`, `DebuggerError`.
    init(_ session: Session, options: EngineOptions) throws {
        debugger = try SessionDebugger(session, options: options)
        guard let start = try debugger.point(at: debugger.first) else { throw DebuggerError.empty }
        point = start
        gates = try GateReader(debugger.model, kernels: Kernels(tier: options.kernelTier))
    }

    var session: Session { debugger.session }

    /// The point before this one.
    var previous: SessionPoint? {
        get throws {
            point.position > debugger.first ? try debugger.point(at: point.position - 1) : nil
        }
    }

    func addBreakpoint(_ expression: String) throws(ExpressionError) -> String {
        let added = try breakpoints.add(expression, for: point.model.config)
        return "breakpoint \(added.number): \(added.condition.expression)"
    }

    /// Carries out a command that moves, prints or changes breakpoints.
    ///
    /// - Parameter shouldContinue: called during a search with the current position; false stops it.
    /// - Returns: the lines to show.
    /// - Throws: `StepError`, `ExpressionError`.
    func perform(_ command: StepCommand, shouldContinue: (UInt64) -> Bool) throws -> [String] {
        switch command {
        case .tokens(let count): try move(by: count)
        case .messages(let count): try moveByMessages(count, shouldContinue)
        case .go(let place): try go(to: place)
        case .find(let pattern, let backwards):
            try search(backwards, shouldContinue, "no match") { point, _ in
                try pattern.ends(in: point)
            }
        case .resume(let backwards): try resume(backwards, shouldContinue)
        case .addBreakpoint(let expression): [try addBreakpoint(expression)]
        case .listBreakpoints: breakpointList
        case .removeBreakpoint(let number): try removeBreakpoint(number)
        case .print(let text): [try printed(text)]
        case .show, .help, .quit: []
        }
    }

    /// `f[0][12] = 0.8731`
    private func printed(_ text: String) throws -> String {
        let expression = try ValueExpression(text, for: point.model.config)
        let value = try expression.value(at: point, after: previous, gates: gates)
        return switch value {
        // A float has about seven significant digits.
        case .number(let value): "\(text) = \(String(format: "%.7g", value))"
        case .truth(let truth): "\(text): \(truth)"
        case nil: "\(text): this place has none"
        }
    }

    // MARK: Moving

    private func move(by count: Int) throws -> [String] {
        let target =
            count < 0
            ? point.position - min(point.position - debugger.first, UInt64(-count))
            : point.position + UInt64(count)
        guard target != point.position else { return ["this is the start"] }
        if let there = try debugger.point(at: target) {
            point = there
            return []
        }
        try move(to: debugger.end())
        return ["this is the end"]
    }

    private func move(to position: UInt64) throws {
        guard let there = try debugger.point(at: position) else {
            throw StepError("there is no such place")
        }
        point = there
    }

    private func moveByMessages(_ count: Int, _ shouldContinue: (UInt64) -> Bool) throws -> [String]
    {
        for _ in 0..<abs(count) {
            let none = "no other message \(count < 0 ? "before" : "after") this"
            let said = try search(count < 0, shouldContinue, none) { $0.beginsMessage(after: $1) }
            if !said.isEmpty { return said }
        }
        return []
    }

    private func go(to text: String) throws -> [String] {
        let place = try place(text)
        try move(to: debugger.position(of: place))
        return []
    }

    private func place(_ text: String) throws -> SessionPlace {
        switch text {
        case "start": return .start
        case "end": return .end
        default: break
        }
        do {
            if text.hasPrefix("@") { return .time(try time(text.dropFirst())) }
            let parsed = try PlaceText(text)
            let isCounted = parsed.unit == .message || parsed.unit == .byte
            return parsed.place(epoch: isCounted ? point.epoch : nil)
        } catch {
            throw StepError("\(error)")
        }
    }

    /// A time without a date is of the day of the current place.
    private func time(_ text: Substring) throws -> Double {
        guard text.contains(":"), !text.contains("-") else {
            return try Timestamp.parsed(String(text))
        }
        let now = point.request?.time ?? session.incarnation.began
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(Double.init)
        let isTime = zip(parts, [24.0, 60, 60]).allSatisfy { part, limit in
            part.map { (0..<limit).contains($0) } ?? false
        }
        guard (2...3).contains(parts.count), isTime else {
            throw StepError("'\(text)' is not a time of day; expected one such as 12:03:05")
        }
        let seconds = zip(parts, [3600.0, 60, 1]).reduce(0) { $0 + ($1.0 ?? 0) * $1.1 }
        return (now / 86_400).rounded(.down) * 86_400 + seconds
    }

    // MARK: Searching

    private func search(
        _ backwards: Bool, _ shouldContinue: (UInt64) -> Bool, _ none: String,
        _ predicate: SessionDebugger.Predicate
    ) throws -> [String] {
        switch try found(backwards, shouldContinue, predicate) {
        case .at(let position):
            try move(to: position)
            return []
        case .nothing: return [none]
        case .interrupted(let position):
            try move(to: position)
            return ["the search was stopped"]
        }
    }

    private func found(
        _ backwards: Bool, _ shouldContinue: (UInt64) -> Bool,
        _ predicate: SessionDebugger.Predicate
    ) throws -> SessionDebugger.Found {
        do {
            return backwards
                ? try debugger.last(
                    before: point.position, shouldContinue: shouldContinue, where: predicate)
                : try debugger.next(
                    after: point.position, shouldContinue: shouldContinue, where: predicate)
        } catch let error as PatternError {
            throw StepError("\(error)")
        }
    }

    private func resume(_ backwards: Bool, _ shouldContinue: (UInt64) -> Bool) throws -> [String] {
        guard !breakpoints.isEmpty else {
            throw StepError("there are no breakpoints; add one, such as: b surprisal > 12")
        }
        let none = "no breakpoint is hit \(backwards ? "before" : "after") this"
        let said = try search(backwards, shouldContinue, none) {
            [breakpoints, gates] point, previous in
            try !breakpoints.hit(at: point, after: previous, gates: gates).isEmpty
        }
        guard said.isEmpty else { return said }
        return try hits.map { "breakpoint \($0.number): \($0.condition.expression)" }
    }

    /// The breakpoints that are hit at the current place.
    var hits: [Breakpoints.Breakpoint] {
        get throws { try breakpoints.hit(at: point, after: previous, gates: gates) }
    }

    // MARK: Breakpoints

    private var breakpointList: [String] {
        breakpoints.isEmpty
            ? ["no breakpoints"]
            : breakpoints.all.map { "\($0.number): \($0.condition.expression)" }
    }

    private func removeBreakpoint(_ number: Int?) throws -> [String] {
        guard let number else {
            breakpoints.removeAll()
            return ["no breakpoints"]
        }
        guard breakpoints.remove(number) else {
            throw StepError("there is no breakpoint \(number)")
        }
        return breakpointList
    }
}
