import Engine
import Kernels
import Metrics
import Model

/// What is running.
struct DaemonInformation: MetricSet {
    let build: Information
    let model: Information
    let threads: MetricReading

    init(_ configuration: Configuration, _ model: Model) {
        let options = configuration.engineOptions
        build = Information(
            "build_info", "The program: always 1",
            labels: [("version", sluiceVersion), ("kernels", options.kernelTier.rawValue)])
        self.model = Information(
            "model_info", "The model that is served: always 1",
            labels: [
                ("fingerprint", model.fingerprint.short), ("name", model.name),
                ("cell", "\(model.config.cell)"), ("layers", "\(model.config.layers)"),
                ("hidden", "\(model.config.hiddenSize)"),
                ("vocabulary", "\(model.config.vocabularySize)"),
            ])
        threads = MetricReading("engine.threads", "Compute threads") { Double(options.shards) }
    }
}
