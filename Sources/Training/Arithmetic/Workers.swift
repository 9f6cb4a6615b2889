/// A team and each of its workers' memory.
package final class Workers<Scalar: TrainingScalar>: Sendable {
    package let team: Team
    let scratch: [Scratch<Scalar>]

    package init(_ team: Team) {
        self.team = team
        scratch = (0..<team.threads).map { _ in Scratch() }
    }
}
