package import Daemon
import Engine
import Foundation
import Journal
import Kernels
package import Model
import StrictTOML
package import ZeroMQ

/// Looks at an installation, beside a daemon that may serve: it writes nothing to the store, listens
/// nowhere, and leaves no file.
package struct Examination {
    private let source: ConfigurationSource
    private let environment: [String: String]
    private let storePath: String?
    private let isThorough: Bool
    private let samples: Int
    private let load: (Configuration) throws -> Model
    private let ask: (Endpoint) -> ControlAnswer

    /// - Parameters:
    ///   - storePath: where the store is if the configuration does not say it; nil for the default.
    ///   - isThorough: look at every row of the store.
    ///   - samples: of the time that the disk takes.
    ///   - load: loads the configured model.
    ///   - ask: asks a control socket for the status.
    package init(
        _ source: ConfigurationSource, environment: [String: String], storePath: String? = nil,
        isThorough: Bool = false, samples: Int = 64,
        load: @escaping (Configuration) throws -> Model,
        ask: @escaping (Endpoint) -> ControlAnswer
    ) {
        (self.source, self.environment) = (source, environment)
        (self.storePath, self.isThorough, self.samples) = (storePath, isThorough, samples)
        (self.load, self.ask) = (load, ask)
    }

    package func report() -> DoctorReport {
        if let file = source.file, unsafe access(file, R_OK) != 0, errno == EACCES {
            return DoctorReport(
                [.unknown(.configuration, "this user cannot read \(file)")]
                    + machine(Configuration(), process: nil))
        }
        var reading = source.examine()
        reading.addSurroundings(environment)
        let configuration = reading.configuration
        let model = Result { try load(configuration) }
        let (control, status) = control(configuration, try? model.get())
        let path =
            status?.journal.store ?? configuration.journal.path ?? storePath
            ?? Configuration.defaultStore(environment: environment)
        let process = Self.process(ofStoreAt: path)
        let account = DaemonAccount.found(
            process: process, storeFolder: (path as NSString).deletingLastPathComponent)
        var findings = self.configuration(reading) + self.model(model, configuration)
        findings += control + sockets(configuration, process, hasDaemon: status != nil)
        findings +=
            KeyExamination(
                configuration: configuration, environment: environment, account: account
            ).findings
        findings += store(configuration, path, account, hasDaemon: status != nil)
        findings += machine(configuration, process: process)
        if let process {
            findings.append(ServiceSupervision.of(process: process).finding)
        }
        return DoctorReport(findings)
    }

    // MARK: Configuration and model

    private func configuration(_ reading: ConfigurationReading) -> [DoctorFinding] {
        let name = source.file ?? "the built-in defaults"
        guard !reading.problems.isEmpty else {
            return [.ok(.configuration, "\(name): every key is valid")]
        }
        return reading.error.lines.map {
            .error(
                .configuration, $0, "correct it; until then the other findings are about defaults")
        }
    }

    private func model(
        _ model: Result<Model, any Error>, _ configuration: Configuration
    ) -> [DoctorFinding] {
        let kernels = KernelChoice(configured: configuration.engine.kernelTier).finding
        switch model {
        case .success(let model):
            let memory = MemoryNeed.measured(configuration, model)
            return [
                .ok(
                    .model,
                    "\(model.folder.path(percentEncoded: false)): fingerprint "
                        + model.fingerprint.short), kernels,
            ] + (memory.map { [$0.finding] } ?? [])
        case .failure(let error):
            return [
                .error(
                    .model, "\(error)", "name a model's folder; `sluice inspect FOLDER` checks it"),
                kernels,
            ]
        }
    }

    // MARK: Sockets

    private func control(
        _ configuration: Configuration, _ model: Model?
    ) -> ([DoctorFinding], DaemonStatus?) {
        let bound = configuration.control.bind
        guard bound?.isEmpty != true else {
            return ([.ok(.control, "the configuration has no control socket")], nil)
        }
        let endpoint =
            bound?.first { !$0.isTCP } ?? bound?.first ?? ControlPlace.found(environment).endpoint
        let probe = endpoint.probe()
        guard probe != .hidden else {
            return ([.unknown(.control, "this user may not use \(endpoint)")], nil)
        }
        let isListened = probe == .taken
        let answer = isListened ? ask(endpoint) : .silent("nobody listens")
        let status: DaemonStatus? = if case .status(let status) = answer { status } else { nil }
        return (
            [
                answer.finding(
                    at: endpoint, isListened: isListened, fingerprint: model?.fingerprint.hex)
            ], status
        )
    }

    private func sockets(
        _ configuration: Configuration, _ process: Int?, hasDaemon: Bool
    ) -> [DoctorFinding] {
        let places = configuration.boundPlaces
        let probes = places.map { $0.endpoint.probe(ipv6: $0.ipv6) }
        let holders = probes.contains(.taken) ? SocketHolders() : nil
        let states = zip(places, probes).map { place, probe in
            EndpointState(
                key: place.key, endpoint: place.endpoint, probe: probe,
                holder: probe == .taken ? holders?.holder(of: place.endpoint) : nil,
                hasDaemon: hasDaemon, daemon: process, isOptional: place.isOptional)
        }
        // Several sockets may be in one folder.
        let found = places.flatMap { files(of: $0.endpoint, allowed: $0.mode) }
        return states.map(\.finding)
            + found.enumerated().filter { !found[..<$0].contains($1) }.map(\.element)
    }

    private func files(of endpoint: Endpoint, allowed: UInt32) -> [DoctorFinding] {
        guard case .ipc(let path) = endpoint.address else { return [] }
        var findings: [DoctorFinding?] = []
        if case .seen(let access) = FileAccess.look(at: path) {
            findings.append(access.socketFinding(allowed: allowed))
        }
        let folder = (path as NSString).deletingLastPathComponent
        if case .seen(let access) = FileAccess.look(at: folder.isEmpty ? "." : folder) {
            findings.append(access.socketFolderFinding)
        }
        return findings.compactMap(\.self)
    }

    // MARK: Store

    private static func process(ofStoreAt path: String) -> Int? {
        if case .process(let number) = StoreHolder(storeAt: path) { number } else { nil }
    }

    private func store(
        _ configuration: Configuration, _ path: String, _ account: DaemonAccount, hasDaemon: Bool
    ) -> [DoctorFinding] {
        guard configuration.journal.durability != .off else {
            return [
                .ok(.store, "nothing is kept (journal.durability = \"off\"): a restart begins anew")
            ]
        }
        let place = StorePlaces(path)
        guard place.isFolderSeen else {
            return [.unknown(.store, "this user cannot see \(path)")]
        }
        let examination = StoreExamination.measured(
            path: path, bytes: place.bytes, hasDaemon: hasDaemon, isThorough: isThorough)
        let journal = configuration.journal
        let retention = examination.retention(maxAge: journal.maxAge, limit: journal.maxBytes)
        return place.permissions(account) + [examination.finding]
            + [retention].compactMap(\.self) + place.disk(journal, samples: samples)
    }

    // MARK: Machine

    private func machine(_ configuration: Configuration, process: Int?) -> [DoctorFinding] {
        let connects =
            configuration.inputs.contains { $0.serverKey != nil }
            || configuration.outputs.contains { $0.serverKey != nil }
        return [
            OpenFileLimit.measured(configuration, process: process).finding,
            ProcessorShare.measured(threads: configuration.engineOptions.shards).finding,
        ] + ClockState.measured().findings + [
            LibraryVersions.loaded.finding(connectsEncrypted: connects)
        ]
    }
}

/// An endpoint that a configuration binds.
private struct BoundPlace {
    let key: String
    let endpoint: Endpoint
    var ipv6 = false
    /// Of the file of an ipc endpoint.
    var mode: UInt32 = 0o600
    var isOptional = false
}

extension Configuration {
    /// The control socket's default place is not among them: the daemon makes it.
    fileprivate var boundPlaces: [BoundPlace] {
        func places(
            _ key: String, _ bind: [Endpoint], ipv6: Bool = false, mode: UInt32 = 0o600
        ) -> [BoundPlace] {
            bind.enumerated().map { index, endpoint in
                BoundPlace(key: "\(key).bind[\(index)]", endpoint: endpoint, ipv6: ipv6, mode: mode)
            }
        }
        let inputs = inputs.enumerated().flatMap { index, input in
            places("input[\(index)]", input.bind, ipv6: input.socket.ipv6, mode: access.ipcMode)
        }
        let outputs = outputs.enumerated().flatMap { index, output in
            places("output[\(index)]", output.bind, ipv6: output.socket.ipv6, mode: access.ipcMode)
        }
        let http =
            self.http.bind.map { places("http", $0) }
            ?? [
                BoundPlace(
                    key: "http.bind[0]", endpoint: DefaultEndpoint.http, isOptional: true)
            ]
        return inputs + outputs + places("control", control.bind ?? []) + http
    }
}
