import ArgumentParser

struct Diagnose: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Show vanishing and exploding gradients, saturated gates, and the memory of cells.",
        discussion: """
            gradients   the gradient through time in untrained networks, by cell and recurrent scale
            model       the same in a trained model on a text, and the saturation of its gates
            memory      the cells that solve tasks of long memory, by length

              sluice diagnose gradients
              sluice diagnose gradients --cells lstm,rnn-tanh --scales 0.5,1,2 --plot flow.svg
              sluice diagnose model my-model --text book.txt
              sluice diagnose memory --task copy --lengths 20,50,100
            """,
        subcommands: [DiagnoseGradients.self, DiagnoseModel.self, DiagnoseMemory.self])
}
