import Model

/// Builds safetensors files, also damaged ones.
struct SafetensorsBytes {
    struct Tensor {
        var name: String
        var dtype = "F32"
        var shape: [Int]
        var begin: Int
        var end: Int

        var json: String {
            #""\#(name)":{"dtype":"\#(dtype)","shape":\#(shape),"data_offsets":[\#(begin),\#(end)]}"#
        }
    }

    var tensors: [Tensor] = []
    var data: [UInt8] = []
    /// Overrides the true length of the header.
    var headerLength: UInt64?
    /// Overrides the header.
    var header: String?

    /// Tensors of the given values, one after another.
    init(_ specs: [TensorSpec], values: (TensorSpec) -> [Float]) {
        for spec in specs {
            let begin = data.count
            for value in values(spec) {
                data.append(contentsOf: littleEndian(UInt64(value.bitPattern)).prefix(4))
            }
            tensors.append(
                Tensor(name: spec.name, shape: spec.shape, begin: begin, end: data.count))
        }
    }

    var bytes: [UInt8] {
        let text = header ?? "{" + tensors.map(\.json).joined(separator: ",") + "}"
        let header = Array(text.utf8)
        return littleEndian(headerLength ?? UInt64(header.count)) + header + data
    }

    subscript(_ name: String) -> Tensor {
        get { tensors[tensors.firstIndex { $0.name == name } ?? 0] }
        set { tensors[tensors.firstIndex { $0.name == name } ?? 0] = newValue }
    }
}

func littleEndian(_ value: UInt64) -> [UInt8] {
    (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
}
