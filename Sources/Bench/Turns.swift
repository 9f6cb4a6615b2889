import Client

/// Times several kinds of step in turns, A, B, C, A, B, C: on a machine whose speed drifts, what is
/// compared must be measured side by side.
struct Turns {
    private let parts: [(step: () -> Void, count: Int)]

    /// Long enough for the clocks, short enough for a turn to see one speed of the machine.
    private static let window = 0.05
    private static let warmUp = 0.1
    private static let fewestRounds = 5

    /// Warms each part up and finds how many of its steps fill a window.
    init(_ steps: [() -> Void]) {
        parts = steps.map { step in
            _ = Elapsed.ofStep(2, step)
            let once = Elapsed.ofStep(1, step).wall
            let warm = Elapsed.ofStep(Self.count(Self.warmUp, of: once), step).wall
            return (step, Self.count(Self.window, of: warm))
        }
    }

    private static func count(_ seconds: Double, of step: Double) -> Int {
        max(1, Int(seconds / step))
    }

    /// The time of a step of each part, in each of the rounds that fit into the time.
    ///
    /// - Throws: `Interrupted`.
    func rounds(seconds: Double, _ interruption: Interruption) throws(Interrupted) -> [[Elapsed]] {
        let deadline = ContinuousClock.now + .seconds(seconds)
        var rounds: [[Elapsed]] = []
        while rounds.count < Self.fewestRounds || ContinuousClock.now < deadline {
            try interruption.check()
            rounds.append(parts.map { Elapsed.ofStep($0.count, $0.step) })
        }
        return rounds
    }
}
