import ArgumentParser
import Curve
import Daemon
import Terminal

struct Keygen: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make a key pair, for a daemon or for a client.",
        discussion: """
            Writes NAME.key, the public key, and NAME.key_secret, the secret key, which only this user \
            may read. Existing files are left unchanged. CZMQ and pyzmq read the same files.

              sluice keygen server -o /etc/sluice     for access.server_key of the daemon
              sluice keygen alice                     for a client, on its machine

            Give NAME.key to those who are to know the key; the secret file stays where it is.
            """)

    @Argument(help: ArgumentHelp("The name of the key.", valueName: "name"))
    var name = "sluice"

    @Option(
        name: [.short, .long],
        help: ArgumentHelp("The folder of the files (default: this one).", valueName: "folder"))
    var output: String?

    func validate() throws {
        guard AccessList.isName(name), !name.hasPrefix("."), !name.hasPrefix("-") else {
            throw ValidationError(
                "the name of a key has 1 to 64 letters, digits, '-', '_', '.', '@', and begins with "
                    + "none of '-', '.'")
        }
    }

    func run() throws {
        let pair = CurveKeyPair()
        let files = try CurveCertificate.write(pair, named: name, in: output ?? ".")
        try TextOutput.standardOutput.write(
            """
            public key  \(pair.publicKey.text)
            \(files.publicFile)
            \(files.secretFile)

            """)
    }
}
