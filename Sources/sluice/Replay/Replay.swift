import ArgumentParser

struct Replay: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Replay stored sessions: list, show, verify, step, export, report, bundle.",
        discussion: """
            The daemon stores every stream's requests and the states that they led to. All of it \
            can be replayed, bit for bit, also while the daemon runs.

              sluice replay list                        which streams there are
              sluice replay show reviews                its text, and what the model predicted
              sluice replay verify --all                check that replay gives the recorded states
              sluice replay export reviews --format npz -o reviews.npz
              sluice replay step reviews                step through it token by token
              sluice replay diff reviews --model models/new
              sluice replay whatif reviews --drop 3
              sluice replay report reviews -o reviews.html     a page to look into the network
              sluice replay bundle reviews -o bug.sluice
              sluice replay show reviews --store bug.sluice
              sluice replay publish reviews --to tcp://127.0.0.1:5603 --as again

            The store is the daemon's own unless --store names another, or a bundle: that of a \
            daemon that you started, or else, as root, that of the system's service, \
            \(StorePlace.serviceFolder)/journal.sqlite.
            """,
        subcommands: [
            ReplayList.self, ReplayShow.self, ReplayVerify.self, ReplayExport.self,
            ReplayStep.self, ReplayDiff.self, ReplayWhatIf.self, ReplayBundle.self,
            ReplayPublish.self, ReplayReport.self,
        ])
}
