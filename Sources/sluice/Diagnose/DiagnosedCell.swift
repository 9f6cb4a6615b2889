import ArgumentParser
import Kernels
import Training

/// A cell by its name on the command line.
enum DiagnosedCell: String, CaseIterable, ExpressibleByArgument {
    case rnnTanh = "rnn-tanh"
    case rnnReLU = "rnn-relu"
    case lstm
    case gru
    case gruResetBefore = "gru-reset-before"

    /// Compared by default.
    static let usual: [DiagnosedCell] = [.rnnTanh, .rnnReLU, .lstm, .gru]

    var cell: RecurrentCell {
        switch self {
        case .rnnTanh: .rnnTanh
        case .rnnReLU: .rnnReLU
        case .lstm: .lstm
        case .gru: .gruResetAfter
        case .gruResetBefore: .gruResetBefore
        }
    }
}

/// Several values after one option, with commas between them.
struct CommaSeparated<Element: ExpressibleByArgument>: ExpressibleByArgument {
    let values: [Element]

    init(_ values: [Element]) { self.values = values }

    init?(argument: String) {
        let values = argument.split(separator: ",").map { Element(argument: String($0)) }
        guard !values.isEmpty, !values.contains(where: { $0 == nil }) else { return nil }
        self.values = values.compactMap(\.self)
    }

    /// All names, for error messages.
    static var allValueStrings: [String] { Element.allValueStrings }

    var defaultValueDescription: String {
        values.map(\.defaultValueDescription).joined(separator: ",")
    }
}
