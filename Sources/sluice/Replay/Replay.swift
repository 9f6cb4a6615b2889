import ArgumentParser

struct Replay: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Replay stored sessions.",
        discussion: """
            The daemon stores the requests of each stream and the states that they led to. A \
            stored stream can be replayed bit for bit, also while the daemon runs.

              sluice replay list                        list streams
              sluice replay show reviews                its text and the predictions
              sluice replay verify --all                compare replay with the record
              sluice replay export reviews --format npz -o reviews.npz
              sluice replay step reviews                step through it token by token
              sluice replay diff reviews --model models/new
              sluice replay whatif reviews --drop 3
              sluice replay report reviews -o reviews.html     an HTML page
              sluice replay bundle reviews -o bug.sluice
              sluice replay show reviews --store bug.sluice
              sluice replay publish reviews --to tcp://127.0.0.1:5603 --as again

            --store names a store or a bundle. By default it is the store of a daemon that you \
            started, or else that of the system's service, which only root may read: \
            \(StorePlace.serviceFolder)/journal.sqlite.
            """,
        subcommands: [
            ReplayList.self, ReplayShow.self, ReplayVerify.self, ReplayExport.self,
            ReplayStep.self, ReplayDiff.self, ReplayWhatIf.self, ReplayBundle.self,
            ReplayPublish.self, ReplayReport.self,
        ])
}
