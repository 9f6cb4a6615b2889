import ArgumentParser

struct Diagnose: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "See gradients vanish or explode, gates saturate, and what a cell can remember.",
        discussion: """
            gradients   the gradient on its way back in time, for every cell and recurrent scale, in \
            networks before training
            model       the same in a trained model over real text, and how saturated its gates are
            memory      which cell solves tasks that need a long memory, and how long a one

              sluice diagnose gradients
              sluice diagnose gradients --cells lstm,rnn-tanh --scales 0.5,1,2 --plot flow.svg
              sluice diagnose model my-model --text book.txt
              sluice diagnose memory --task copy --lengths 20,50,100
            """,
        subcommands: [DiagnoseGradients.self, DiagnoseModel.self, DiagnoseMemory.self])
}
