import Foundation
import TestSupport
import Testing
import ZeroMQ

private let promtool = URL(filePath: "/usr/bin/promtool")
private let prometheus = URL(filePath: "/usr/bin/prometheus")

private func isInstalled(_ program: URL) -> Bool {
    FileManager.default.isExecutableFile(atPath: program.path)
}

/// A daemon over HTTP, as an operator's tools see it.
@Suite(.blocking) struct MetricsTests {
    /// With every kind of socket, so that every metric is there.
    private func scraped() throws -> (text: String, daemon: ServedDaemon) {
        let daemon = try ServedDaemon([.in, .router, .out, .all, .http])
        let peers = try Peers()
        let pusher = try peers.pusher(daemon)
        let puller = try peers.puller(daemon)
        try pusher.send("stream-one", "some text")
        try pusher.send("stream-one", "", #"{"op":"end"}"#)
        _ = try puller.receiveEvents { $0.has("ended") }
        let scraper = try Scraper(daemon)
        _ = try scraper.wait(for: "/readyz") { $0.status == 200 }
        let text = try scraper.wait(for: "/metrics") {
            // The end of the step is counted after its events were sent.
            $0.body.contains("sluice_messages_total 1\n")
                && !$0.body.contains("step_seconds_count 0")
        }
        return (text.body, daemon)
    }

    private func value(_ sample: String, in text: String) throws -> Double {
        let line = try #require(
            text.split(separator: "\n").first { $0.hasPrefix(sample + " ") }, "\(sample)")
        return try #require(Double(line.dropFirst(sample.count + 1)))
    }

    @Test func theyCountWhatWasDone() throws {
        let (text, daemon) = try scraped()
        #expect(try value("sluice_requests_total", in: text) == 2)
        #expect(try value("sluice_received_bytes_total", in: text) == 9)
        #expect(try value("sluice_tokens_total", in: text) == 9)
        #expect(try value("sluice_request_wait_seconds_count", in: text) == 2)
        #expect(try value("sluice_ready", in: text) == 1)
        #expect(try value("sluice_store_writable", in: text) == 1)
        let events = try value("sluice_events_total{output=\"1\"}", in: text)
        #expect(events > 9)
        #expect(try value("sluice_event_latency_seconds_count{output=\"1\"}", in: text) == events)
        #expect(
            try value("sluice_step_streams_sum", in: text) == value("sluice_turns_total", in: text))
        let commits = try value("sluice_commits_total", in: text)
        #expect(commits > 0)
        #expect(try value("sluice_commit_seconds_count", in: text) == commits)
        #expect(try value("sluice_store_bytes", in: text) > 0)
        #expect(try value("process_resident_memory_bytes", in: text) > 1e6)
        #expect(try value("process_open_fds", in: text) > 3)
        let started = try value("process_start_time_seconds", in: text)
        #expect(abs(started - Date().timeIntervalSince1970) < 120)
        // No name of a stream, and no peer.
        #expect(!text.contains("stream-one"))
        try daemon.stop()
    }

    @Test func eachIsInTheDocument() throws {
        let (text, daemon) = try scraped()
        let document = try Repository.text("deploy/docs/metrics.md")
        let documented = document.split(separator: "\n").compactMap { line -> ScrapedMetric? in
            guard let row = line.wholeMatch(of: /\| `(\w+)` \| (\w+) \| (.+) \|/) else {
                return nil
            }
            return ScrapedMetric(name: String(row.1), type: String(row.2), help: String(row.3))
        }
        #expect(Set(documented) == Set(ScrapedMetric.all(in: text)))
        try daemon.stop()
    }

    @Test(.enabled("needs promtool") { isInstalled(promtool) })
    func promtoolFindsNothingToCriticise() throws {
        let (text, daemon) = try scraped()
        let result = try SluiceProcess.run(["check", "metrics"], input: text, executable: promtool)
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.errors.isEmpty && result.output.isEmpty, "\(result.errors)")
        let folder = Repository.root.appending(path: "deploy/prometheus").path
        for arguments in [
            ["check", "config", folder + "/prometheus.yml"],
            ["test", "rules", folder + "/sluice.rules.test.yml"],
        ] {
            let result = try SluiceProcess.run(arguments, executable: promtool)
            #expect(result.status == 0, "\(result.output)\(result.errors)")
        }
        try daemon.stop()
    }

    /// Alerts and panels are about metrics and labels that exist.
    @Test func alertsAndPanelsNameWhatThereIs() throws {
        let (text, daemon) = try scraped()
        let samples = Set(text.matches(of: /(?m)^(\w+)[{ ]/).map { String($0.1) })
        let labels = Set(text.matches(of: /[{,](\w+)="/).map { String($0.1) })
        let rules = try Repository.text("deploy/prometheus/sluice.rules.yml")
        let expressions = try dashboardExpressions() + [rules]
        #expect(expressions.count > 40)
        for expression in expressions {
            for found in expression.matches(of: /\b(sluice|process)_\w+/) {
                #expect(samples.contains(String(found.0)), "\(found.0)")
            }
            for found in expression.matches(of: /by \(([^)]*)\)/) {
                for label in found.1.split(separator: ",").map({ $0.drop { $0 == " " } }) {
                    #expect(labels.contains(String(label)) || label == "instance", "\(label)")
                }
            }
        }
        try daemon.stop()
    }

    private func dashboardExpressions() throws -> [String] {
        let dashboard = try json(Repository.text("deploy/grafana/sluice.json"))
        let panels = try #require(dashboard["panels"] as? [[String: Any]])
        return panels.flatMap { $0["targets"] as? [[String: Any]] ?? [] }.compactMap {
            $0["expr"] as? String
        }
    }

    @Test(.enabled("needs prometheus") { isInstalled(prometheus) })
    func aPrometheusScrapesThem() throws {
        let token = "0123456789abcdef0123456789abcdef"
        let folder = try TemporaryFolder()
        let secret = try folder.write(token + "\n", to: "token")
        try setMode(0o600, of: secret)
        let daemon = try ServedDaemon([.in, .all, .http], http: "token_file = \"\(secret)\"\n")
        let target = try Scraper(daemon).endpoint.dropFirst("tcp://".count)
        let rules = Repository.root.appending(path: "deploy/prometheus/sluice.rules.yml").path
        let file = try folder.write(
            """
            global: {scrape_interval: 200ms, scrape_timeout: 200ms, evaluation_interval: 200ms}
            rule_files: ["\(rules)"]
            scrape_configs:
              - job_name: sluice
                authorization: {credentials_file: \(secret)}
                static_configs: [{targets: ["\(target)"]}]
            """, to: "prometheus.yml")
        let port = try freePort()
        let process = try SluiceProcess(
            [
                "--config.file=\(file)", "--storage.tsdb.path=\(folder.path)/data",
                "--web.listen-address=127.0.0.1:\(port)", "--log.level=warn",
            ], executable: prometheus)
        let server = Scraper(port: port)
        for (query, wanted) in [
            ("up{job=\"sluice\"}", "\"1\"]"), ("sluice_ready", "\"1\"]"),
            ("sluice_build_info", "\"version\":"),
        ] + (try dashboardExpressions().map { (Self.concrete($0), "\"status\":\"success\"") }) {
            let allowed = CharacterSet.alphanumerics
            let path = try #require(query.addingPercentEncoding(withAllowedCharacters: allowed))
            _ = try server.wait(for: "/api/v1/query?query=\(path)") {
                $0.status == 400 || $0.body.contains(wanted)
            }
            #expect(try server.get("/api/v1/query?query=\(path)").status == 200, "\(query)")
        }
        let evaluated = try server.wait(for: "/api/v1/rules") {
            $0.body.contains("\"health\":\"ok\"") && !$0.body.contains("\"health\":\"unknown\"")
        }
        #expect(!evaluated.body.contains("\"health\":\"err\""), "\(evaluated.body)")
        #expect(try Scraper(daemon).get("/metrics").status == 401)
        process.signal(SIGTERM)
        _ = try process.finish()
        try daemon.stop()
    }

    /// As Grafana fills in its variables.
    private static func concrete(_ expression: String) -> String {
        expression.replacingOccurrences(of: "$__rate_interval", with: "1m")
            .replacingOccurrences(of: "$job", with: ".*")
            .replacingOccurrences(of: "$instance", with: ".*")
    }

    /// Where nothing listens now.
    private func freePort() throws -> Int {
        let context = try Context()
        let socket = try Socket(.pull, in: context)
        let endpoint = try socket.bind(Endpoint("tcp://127.0.0.1:*"))
        return try #require(endpoint.text.split(separator: ":").last.flatMap { Int($0) })
    }

    private func setMode(_ mode: Int, of file: String) throws {
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file)
    }

    // MARK: Health

    @Test func probesSayWhatIsWrong() throws {
        let daemon = try ServedDaemon([.in, .all, .http])
        let scraper = try Scraper(daemon)
        #expect(try scraper.wait(for: "/readyz") { $0.status == 200 }.body == "ok\n")
        #expect(try scraper.get("/healthz").body == "ok\n")
        #expect(try scraper.get("/healthz", method: "HEAD").body.isEmpty)
        #expect(try scraper.get("/streams").status == 404)
        #expect(try scraper.get("/metrics", method: "PUT").status == 405)
        // Nobody reads what it publishes, so that it has to wait with its stop.
        let peers = try Peers()
        let pusher = try peers.pusher(daemon)
        try pusher.send("a", "text")
        let deadline = ContinuousClock.now + patience
        while try !scraper.get("/metrics").body.contains("sluice_requests_total 1\n") {
            try #require(ContinuousClock.now < deadline)
        }
        daemon.process.signal(SIGTERM)
        let stopping = try scraper.wait(for: "/readyz") { $0.status == 503 }
        #expect(stopping.body == "stopping\n")
        #expect(try scraper.get("/healthz").status == 200)
        daemon.process.signal(SIGTERM)
        _ = try daemon.process.finish()
    }

    @Test func aTokenThatOthersCanReadIsRefused() throws {
        let folder = try TemporaryFolder()
        let secret = try folder.write("0123456789abcdef0123456789abcdef\n", to: "token")
        try setMode(0o640, of: secret)
        let daemon = try ServedDaemon(
            [.in, .all, .http], http: "token_file = \"\(secret)\"\n", isAwaited: false)
        let result = try daemon.process.finish()
        #expect(result.status == 78)
        #expect(result.errors.contains("has mode 640"))
        #expect(!result.errors.contains("0123456789abcdef"))
    }

    @Test func otherMachinesNeedAToken() throws {
        let result = try SluiceProcess.run(["serve", "--check", "--http", "tcp://*:5606"])
        #expect(result.status == 78)
        #expect(result.errors.contains("http.bind[0]") && result.errors.contains("http.token_file"))
    }
}
