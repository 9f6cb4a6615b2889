import Debugger
import Engine
import Foundation

/// One command of `replay step`, as it is typed or as a key means it.
enum StepCommand {
    case tokens(Int)
    case messages(Int)
    case go(String)
    case find(TextPattern, backwards: Bool)
    case resume(backwards: Bool)
    case addBreakpoint(String)
    case listBreakpoints
    /// Nil for all of them.
    case removeBreakpoint(Int?)
    case print(String)
    case show(StepPart?)
    case help
    case quit

    /// Nil for an empty line, or a comment.
    init?(_ line: String) throws(StepError) {
        let line = line.trimmingCharacters(in: .whitespaces)
        guard !line.isEmpty, !line.hasPrefix("#") else { return nil }
        if let pattern = Self.pattern(line) {
            self = try pattern.get()
            return
        }
        let words = line.split(separator: " ", maxSplits: 1).map(String.init)
        let rest = words.count == 2 ? words[1].trimmingCharacters(in: .whitespaces) : ""
        self = try Self.command(words[0], rest)
    }

    /// `/expression/`, or `\expression\` for backwards; the last sign may be left out.
    private static func pattern(_ line: String) -> Result<StepCommand, StepError>? {
        guard let sign = line.first, sign == "/" || sign == "\\" else { return nil }
        var pattern = line.dropFirst()
        var flags = ""
        if pattern.hasSuffix("\(sign)i") { (pattern, flags) = (pattern.dropLast(), "i") }
        if pattern.hasSuffix("\(sign)") { pattern = pattern.dropLast() }
        guard !pattern.isEmpty else {
            return .failure(StepError("expected a regular expression such as /regret|sorry/"))
        }
        do {
            let regex = try TextPattern(String(pattern), flags: flags)
            return .success(.find(regex, backwards: sign == "\\"))
        } catch {
            return .failure(StepError("\(error)"))
        }
    }

    private static func command(_ name: String, _ rest: String) throws(StepError) -> StepCommand {
        switch name {
        case "n", "next": return .tokens(try count(rest, of: name))
        case "p", "previous": return .tokens(-(try count(rest, of: name)))
        case "N": return .messages(try count(rest, of: name))
        case "P": return .messages(-(try count(rest, of: name)))
        case "g", "go": return .go(try argument(rest, "a place, such as 670 or message:3"))
        case "c", "continue": return .resume(backwards: false)
        case "C": return .resume(backwards: true)
        case "b", "break": return rest.isEmpty ? .listBreakpoints : .addBreakpoint(rest)
        case "d", "delete": return .removeBreakpoint(try number(rest))
        case "=", "print":
            return .print(try argument(rest, "what to tell of this token, such as f[0][12]"))
        case "show": return .show(try part(rest))
        case "?", "h", "help": return .help
        case "q", "quit": return .quit
        default: throw StepError("there is no command '\(name)'; ? lists all")
        }
    }

    private static func count(_ text: String, of name: String) throws(StepError) -> Int {
        if text.isEmpty { return 1 }
        guard let count = Int(text), count > 0 else {
            throw StepError("'\(text)' is not a count; expected one such as \(name) 5")
        }
        return count
    }

    private static func argument(_ text: String, _ what: String) throws(StepError) -> String {
        guard !text.isEmpty else { throw StepError("expected \(what)") }
        return text
    }

    private static func number(_ text: String) throws(StepError) -> Int? {
        if text == "all" { return nil }
        guard let number = Int(text) else {
            throw StepError("expected the number of a breakpoint, or 'all'")
        }
        return number
    }

    private static func part(_ text: String) throws(StepError) -> StepPart? {
        if text.isEmpty { return nil }
        guard let part = StepPart(rawValue: text) else {
            let known = StepPart.allCases.map(\.rawValue).joined(separator: ", ")
            throw StepError("'\(text)' is nothing to show; there are \(known)")
        }
        return part
    }
}

/// What can be shown of a place.
enum StepPart: String, CaseIterable {
    case place, text, token, candidates, layers, units, request, events
}

/// Why a command could not be carried out.
struct StepError: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
