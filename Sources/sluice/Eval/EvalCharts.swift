import Plots
import Training

/// Charts of `sluice eval`: for labelled texts reliability and accuracy by tokens read, for plain
/// texts bits per byte.
struct EvalCharts {
    let reports: [EvalReport]

    var charts: [any Chart] {
        var charts: [any Chart] = []
        let texts = reports.compactMap(Self.bar)
        if !texts.isEmpty {
            charts.append(
                BarChart(
                    title: "Prediction of texts", x: Axis(label: "bits per byte"),
                    bars: texts, digits: 3))
        }
        if !sentiments.isEmpty { charts += [reliability, accuracy] }
        return charts
    }

    private static func bar(_ report: EvalReport) -> BarChart.Bar? {
        guard case .text(let measure) = report.found else { return nil }
        return (report.file.shortName, measure.bitsPerByte)
    }

    private var sentiments: [(name: String, measure: SentimentMeasure)] {
        reports.compactMap { report in
            guard case .sentiment(let measure, _) = report.found else { return nil }
            return (report.file.shortName, measure)
        }
    }

    private var reliability: LineChart {
        let ideal = Series(name: "ideal", points: [(0, 0), (1, 1)], style: .dashed)
        return LineChart(
            title: "Reliability", x: Axis(label: "probability of positive", range: 0...1),
            y: Axis(label: "part that is positive", range: 0...1),
            series: sentiments.map { name, measure in
                Series(
                    name: name,
                    points: measure.calibration.bins.compactMap { bin in
                        bin.meanProbability.flatMap { x in bin.positivePart.map { (x, $0) } }
                    })
            } + [ideal])
    }

    private var accuracy: LineChart {
        LineChart(
            title: "Accuracy as texts are read", x: Axis(label: "tokens read", scale: .log),
            y: Axis(label: "accuracy"),
            series: sentiments.map { name, measure in
                Series(
                    name: name,
                    points: measure.byTokens.map { (Double($0.tokens), $0.prefix.accuracy) })
            })
    }
}
