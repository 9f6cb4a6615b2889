import ArgumentParser

struct Diagnose: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Show vanishing and exploding gradients, saturated gates, and the memory of cells.",
        discussion: """
            gradients   the gradient through time, by cell and recurrent scale, in untrained networks
            model       the same in a trained model on real text, and the saturation of its gates
            memory      which cell solves tasks that need a long memory, and at what length

              sluice diagnose gradients
              sluice diagnose gradients --cells lstm,rnn-tanh --scales 0.5,1,2 --plot flow.svg
              sluice diagnose model my-model --text book.txt
              sluice diagnose memory --task copy --lengths 20,50,100
            """,
        subcommands: [DiagnoseGradients.self, DiagnoseModel.self, DiagnoseMemory.self])
}
