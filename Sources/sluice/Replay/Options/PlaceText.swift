import ArgumentParser
import Engine
import Replay

/// `token:120`, `message:3`, `byte:5000`, `request:17`, `time:2026-11-24T06:04`; a number alone is
/// a token's index.
struct PlaceText {
    enum Unit: String, CaseIterable { case token, message, byte, request, time }

    let unit: Unit
    let number: UInt64
    let time: Double

    init(_ text: String) throws {
        let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
        let unit = parts.count == 2 ? Unit(rawValue: parts[0]) : .token
        guard let unit, let value = parts.last else { throw Self.refusal(text) }
        self.unit = unit
        time = unit == .time ? try Timestamp.parsed(value) : 0
        guard unit != .time else {
            number = 0
            return
        }
        guard let number = UInt64(value) else { throw Self.refusal(text) }
        self.number = number
    }

    /// - Parameter epoch: whose tokens are counted; nil for those of the whole incarnation.
    func place(epoch: UInt64?) -> SessionPlace {
        switch unit {
        case .token: epoch.map { .epochToken(epoch: $0, number) } ?? .token(number)
        case .message: .message(epoch: epoch ?? 0, number)
        case .byte: .offset(epoch: epoch ?? 0, number)
        case .request: .request(number)
        case .time: .time(time)
        }
    }

    private static func refusal(_ text: String) -> ValidationError {
        ValidationError(
            "'\(text)' is not a place; expected the index of a token, or one such as token:120, "
                + "message:3, byte:5000, request:17 or time:2026-11-24T06:04")
    }
}

func parsedPlace(_ text: String) throws -> PlaceText { try PlaceText(text) }
