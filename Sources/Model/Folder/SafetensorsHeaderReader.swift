import StrictJSON

/// Reads the tensors from the header's JSON and checks each.
struct SafetensorsHeaderReader {
    private static let bytesPerElement = [
        "BOOL": 1, "U8": 1, "I8": 1, "F8_E5M2": 1, "F8_E4M3": 1,
        "I16": 2, "U16": 2, "F16": 2, "BF16": 2,
        "I32": 4, "U32": 4, "F32": 4,
        "I64": 8, "U64": 8, "F64": 8,
    ]

    let file: String
    let dataLength: Int

    /// The tensors in the order of their offsets.
    func tensors(_ header: JSONValue) throws(ModelError) -> [SafetensorsHeader.Tensor] {
        guard case .object(let members) = header else {
            throw malformed("header", header.summary, "an object")
        }
        var tensors: [SafetensorsHeader.Tensor] = []
        for member in members {
            if member.key == "__metadata__" {
                try checkMetadata(member.value)
            } else {
                tensors.append(try tensor(member))
            }
        }
        tensors.sort {
            ($0.offsets.lowerBound, $0.offsets.upperBound)
                < ($1.offsets.lowerBound, $1.offsets.upperBound)
        }
        try checkCoverage(tensors)
        return tensors
    }

    private func malformed(_ part: String, _ found: String, _ expected: String) -> ModelError {
        ModelError(.malformed, file: file, part: part, found: found, expected: expected)
    }

    private func checkMetadata(_ value: JSONValue) throws(ModelError) {
        guard case .object(let members) = value else {
            throw malformed("__metadata__", value.summary, "an object of strings")
        }
        for member in members {
            guard case .string = member.value else {
                throw malformed("__metadata__.\(member.key)", member.value.summary, "a string")
            }
        }
    }

    private func tensor(_ member: JSONValue.Member) throws(ModelError) -> SafetensorsHeader.Tensor {
        let name = member.key
        let keys = try JSONObject(
            member.value, known: ["dtype", "shape", "data_offsets"], file: file, path: name)
        let dtype = try keys.string("dtype")
        guard let width = Self.bytesPerElement[dtype] else {
            throw ModelError(
                .wrongType, file: file, part: name, found: "dtype \(dtype)",
                expected: "one of " + Self.bytesPerElement.keys.sorted().joined(separator: ", "))
        }
        let shape = try keys.sizes("shape")
        let offsets = try keys.sizes("data_offsets")
        let range = try self.range(offsets, of: name)
        guard byteCount(shape, width) == range.count else {
            throw ModelError(
                .wrongOffsets, file: file, part: name,
                found: "\(range.count) bytes (data_offsets \(offsets))",
                expected: byteCount(shape, width).map { "\($0) bytes for \(dtype) \(shape)" }
                    ?? "a shape whose size fits into an Int, not \(shape)")
        }
        return SafetensorsHeader.Tensor(name: name, dtype: dtype, shape: shape, offsets: range)
    }

    private func range(_ offsets: [Int], of name: String) throws(ModelError) -> Range<Int> {
        guard offsets.count == 2, offsets[0] <= offsets[1], offsets[1] <= dataLength else {
            throw ModelError(
                .wrongOffsets, file: file, part: name, found: "data_offsets \(offsets)",
                expected: "[begin, end] with begin <= end <= \(dataLength), the length of the data")
        }
        return offsets[0]..<offsets[1]
    }

    /// Nil if the product overflows.
    private func byteCount(_ shape: [Int], _ width: Int) -> Int? {
        var count = width
        for size in shape {
            let (product, overflow) = count.multipliedReportingOverflow(by: size)
            guard !overflow else { return nil }
            count = product
        }
        return count
    }

    private func checkCoverage(_ tensors: [SafetensorsHeader.Tensor]) throws(ModelError) {
        var end = 0
        for tensor in tensors {
            guard tensor.offsets.lowerBound == end else {
                let what = tensor.offsets.lowerBound < end ? "an overlap" : "a gap"
                throw ModelError(
                    .wrongOffsets, file: file, part: tensor.name,
                    found: "\(what): data_offsets \(tensor.offsets)",
                    expected: "\(tensor.summary) to begin at byte \(end) of the data")
            }
            end = tensor.offsets.upperBound
        }
        guard end == dataLength else {
            throw malformed("data", "\(dataLength) bytes", "\(end), as the tensors have")
        }
    }
}
