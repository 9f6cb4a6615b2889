import ArgumentParser
import Engine
import Replay

/// Which part of a session to read.
struct RangeOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("Where to begin (default: the start).", valueName: "place"),
        transform: parsedPlace)
    var from: PlaceText?

    @Option(
        help: ArgumentHelp("Stop before this place (default: the end).", valueName: "place"),
        transform: parsedPlace)
    var to: PlaceText?

    @Option(
        help: ArgumentHelp("Only this epoch; --from and --to count in it.", valueName: "number"))
    var epoch: UInt64?

    /// Nil where the options name none.
    var start: SessionPlace? {
        from?.place(epoch: epoch) ?? epoch.map { .epochToken(epoch: $0, 0) }
    }

    var end: SessionPlace {
        if let to { return to.place(epoch: epoch) }
        guard let epoch, epoch < .max else { return .end }
        return .epochToken(epoch: epoch + 1, 0)
    }
}
