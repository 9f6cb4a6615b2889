import ArgumentParser

struct Bench: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Measure the kernels, the engine, its store, or the whole daemon on this machine.",
        discussion: """
            Each subcommand measures a network of random weights (2 layers of 512, 8,192 tokens) and \
            the shipped model, unless a model is named, and prints a table or JSON lines.

              sluice bench kernels                     the network's steps, and the FMA peak
              sluice bench engine --streams 1,64       streams, text and events, without sockets
              sluice bench daemon --text book.txt      over real sockets: throughput and latency
              sluice bench streams                     a million streams, few of them in memory
              sluice bench kernels --model my-model --json > kernels.jsonl

            On a machine with other load, use the CPU figures: they exclude the time of other \
            processes. Ctrl-C stops after the present measurement.
            """,
        subcommands: [
            BenchKernels.self, BenchEngine.self, BenchDaemon.self, BenchStreams.self,
            BenchModel.self,
        ])
}
