import Debugger
import Model
import Terminal

/// The state at a place: norms of each layer's vectors and of their change, and its gates.
extension StepView {
    /// What the gates' numbers are.
    static let gateNote = "gates: % closed (<0.1) / % open (>0.9)"

    private var gateNames: [String] { point.model.config.cell.gateNames }
    private var stateWidth: Int { 3 + point.layout.kinds.count * 13 }
    private var gatesWidth: Int { gateNames.count * 7 }

    /// Columns of the table with the gates beside the norms.
    var layersWidth: Int {
        max(stateWidth + gatesWidth, gateNames.isEmpty ? 0 : Self.gateNote.count)
    }

    /// One table, or, where that is too wide, the gates below the norms.
    func layers(width: Int) -> [String] {
        guard point.token != nil else { return [] }
        let isWide = width >= layersWidth
        var lines = table(width) { line in
            line.append(norms.heading, .tone(.quiet))
            if isWide { line.append(gateHeading, .tone(.quiet)) }
        } row: { line, layer in
            addNorms(of: layer, to: &line)
            if isWide { addGates(of: layer, to: &line) }
        }
        guard !gateNames.isEmpty else { return lines }
        if !isWide {
            lines += table(width) { line in
                line.append("   " + gateHeading, .tone(.quiet))
            } row: { line, layer in
                addGates(of: layer, to: &line)
            }
        }
        var note = line(width)
        note.append(Self.gateNote, .tone(.quiet))
        return lines + [note.text]
    }

    private func table(
        _ width: Int, heading: (inout StyledLine) -> Void, row: (inout StyledLine, Int) -> Void
    ) -> [String] {
        var first = line(width)
        heading(&first)
        return [first.text]
            + (0..<point.layout.layers).map { layer in
                var line = line(width)
                line.append("\(layer)".leftPadded(to: 3))
                row(&line, layer)
                return line.text
            }
    }

    private var norms: (heading: String, vectors: [VectorSummary]) {
        let heading = point.layout.kinds.map { "   |\($0.rawValue)|    Δ\($0.rawValue) " }.joined()
        return ("   " + heading, point.vectors)
    }

    private func addNorms(of layer: Int, to line: inout StyledLine) {
        for vector in norms.vectors where vector.layer == layer {
            line.append(rounded(vector.norm).leftPadded(to: 6))
            line.append(rounded(vector.change).leftPadded(to: 6), .tone(.quiet))
            line.append(" ")
        }
    }

    private var gateHeading: String { gateNames.map { $0.leftPadded(to: 7) }.joined() }

    private func addGates(of layer: Int, to line: inout StyledLine) {
        for gate in stepper.gates.gates(at: point, layer: layer) ?? [] {
            line.append(Self.shares(Saturation(of: gate)).leftPadded(to: 7))
        }
    }

    /// Percent of the units that are below 0.1, and above 0.9.
    private static func shares(_ saturation: Saturation) -> String {
        "\(Int((saturation.low * 100).rounded()))/\(Int((saturation.high * 100).rounded()))"
    }
}
