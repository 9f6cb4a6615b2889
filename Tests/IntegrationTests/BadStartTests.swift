import Foundation
import TestSupport
import Testing
import ZeroMQ

/// What keeps a command from starting: its exit code, and words that help.
@Suite(.blocking) struct BadStartTests {
    private func serve(
        configuration: String, _ arguments: String...
    ) throws -> SluiceProcess.Result {
        let folder = try TemporaryFolder()
        let file = try folder.write(
            "model = \"\(Repository.smallModel)\"\n" + configuration, to: "sluice.toml")
        return try SluiceProcess.run(["serve", "--config", file] + arguments)
    }

    private func expect(
        _ result: SluiceProcess.Result, status: Int32, _ words: String...,
        location: SourceLocation = #_sourceLocation
    ) {
        #expect(result.status == status, "\(result.errors)", sourceLocation: location)
        for word in words {
            #expect(result.errors.contains(word), "\(result.errors)", sourceLocation: location)
        }
    }

    private func endpoints(_ input: String, _ output: String) -> String {
        """
        [[input]]
        type = "pull"
        bind = ["\(input)"]
        [[output]]
        type = "xpub"
        bind = ["\(output)"]
        """
    }

    // MARK: Endpoints

    @Test(arguments: ["tcp://127.0.0.1:*", "ipc://PATH/taken"])
    func anEndpointInUseIsNamed(_ wanted: String) throws {
        let folder = try TemporaryFolder()
        let peers = try Peers()
        let text = wanted.replacing("PATH", with: folder.path)
        let socket = try peers.socket(.pull)
        let taken = try socket.bind(try Endpoint(text))
        let asInput = try serve(configuration: endpoints(taken.text, "tcp://127.0.0.1:*"))
        expect(asInput, status: 69, taken.text, "in use")
        let asOutput = try serve(configuration: endpoints("tcp://127.0.0.1:*", taken.text))
        expect(asOutput, status: 69, taken.text, "in use")
        _ = socket
    }

    @Test func anAddressThatIsNotOursIsNamed() throws {
        // TEST-NET-1, RFC 5737: nobody's.
        let result = try serve(
            configuration: endpoints("tcp://192.0.2.1:7", "tcp://127.0.0.1:*")
                + "\n[access]\nallow_insecure = true\n")
        expect(result, status: 69, "tcp://192.0.2.1:7")
    }

    @Test func malformedEndpointsAreExplained() throws {
        let inFile = try serve(configuration: endpoints("tcp://127.0.0.1", "tcp://127.0.0.1:*"))
        expect(inFile, status: 78, "sluice.toml:4", "input[0].bind[0]", "port is missing")
        for arguments in [
            ["serve", "--in", "127.0.0.1:7"], ["sub", "--from", "tcp://*:7"],
            ["pub", "--to", "udp://127.0.0.1:7"],
        ] {
            let result = try SluiceProcess.run(arguments)
            expect(result, status: 64, arguments[2], "endpoint")
        }
    }

    @Test func aDaemonThatIsNotThereIsWaitedForAsLongAsToldTo() throws {
        let folder = try TemporaryFolder()
        let nowhere = "ipc://\(folder.path)/nowhere"
        let result = try SluiceProcess.run(
            ["pub", "--to", nowhere, "--wait", "50ms"], input: "text")
        expect(result, status: 69, nowhere, "no answer")
    }

    // MARK: Configuration

    @Test func mistakesInTheConfigurationAreNamed() throws {
        expect(
            try serve(configuration: "[engine]\nthread = 2\n"), status: 78, "engine.thread",
            "unknown key", "'threads'")
        expect(
            try serve(configuration: "[engine]\ntop = 2\ntop = 3\n", "--check"), status: 78, "top")
        expect(
            try serve(configuration: "[engine]\ntop = \"many\"\n"), status: 78, "engine.top",
            "\"many\"", "expected")
        expect(try serve(configuration: "[[input]"), status: 78, "sluice.toml:")
        let missing = try SluiceProcess.run(["serve", "--config", "/nowhere/sluice.toml"])
        expect(missing, status: 78, "/nowhere/sluice.toml", "no such file")
    }

    @Test func checkSaysWhetherItWouldServe() throws {
        let right = try serve(configuration: endpoints("ipc://a", "ipc://b"), "--check")
        expect(right, status: 0)
        #expect(right.output.contains("are valid"))
        let twice = try serve(configuration: endpoints("ipc://a", "ipc://a"), "--check")
        expect(twice, status: 78, "ipc://a", "taken already")
    }

    @Test func aMissingModelInTheConfigurationIsNamed() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("model = \"gone\"\n", to: "sluice.toml")
        let result = try SluiceProcess.run(["serve", "--config", file])
        // A relative path starts from the file's folder.
        expect(result, status: 66, "\(folder.path)/gone/config.json")
    }
}
