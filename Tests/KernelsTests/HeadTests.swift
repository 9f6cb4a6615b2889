import Foundation
import Kernels
import Randomness
import Testing

/// The head, compared with sorting and double precision; `dot`, compared with the head.
struct HeadTests {
    private static let hiddenSize = 32
    private static let rows = 256

    /// A head of random weights, and states for it.
    private struct Case {
        let size: Int
        let head: HeadWeights
        let rowMajor: RowMatrix
        let states: Rows

        init(_ size: Int, weight: [Float]? = nil, scale: Float = 1) throws {
            var random = SeededRandom(seed: UInt64(size))
            let weight = weight ?? random.floats(size * hiddenSize, in: -scale...scale)
            let bias = random.floats(size)
            self.size = size
            head = try HeadWeights(
                weight: weight.span, bias: bias.span, vocabularySize: size, hiddenSize: hiddenSize)
            rowMajor = try RowMatrix(
                rowMajor: weight.span, bias: bias.span, rows: size, columns: hiddenSize)
            states = Rows(random.floats(rows * hiddenSize), stride: hiddenSize)
        }

        func predict(_ kernels: Kernels, _ slots: [Int32], top: Int) -> Predictions {
            var predictions = Predictions()
            var workspace = Workspace(maxBatch: slots.count, widths: [hiddenSize])
            unsafe states.view {
                unsafe kernels.predict(
                    head, hidden: $0, slots: slots.span, top: top, into: &predictions,
                    workspace: &workspace)
            }
            return predictions
        }

        func logits(_ kernels: Kernels, _ slot: Int32) -> [Float] {
            unsafe states.view { unsafe kernels.logits(head, hidden: $0, slot: slot) }
        }

        func dot(_ kernels: Kernels, _ ids: [Int32], _ slots: [Int32]) -> [Float] {
            var results = [Float](repeating: 0, count: ids.count)
            unsafe states.view {
                unsafe kernels.dot(
                    rowMajor, indices: ids.span, hidden: $0, slots: slots.span, into: &results)
            }
            return results
        }
    }

    private func logSumExp(_ logits: [Float]) -> Double {
        let max = Double(logits.max() ?? 0)
        return max + log(logits.map { exp(Double($0) - max) }.reduce(0, +))
    }

    /// Ids by descending logit; among equals, the lower id first.
    private func ranking(_ logits: [Float]) -> [Int32] {
        logits.indices.sorted { (logits[$0], $1) > (logits[$1], $0) }.map(Int32.init)
    }

    @Test(arguments: [(1, 1), (5, 3), (16, 16), (1024, 64), (1030, 8), (2500, 64)])
    func agreesWithSortingAndDoublePrecision(size: Int, top: Int) throws {
        let head = try Case(size)
        let kernels = try Kernels()
        let slots: [Int32] = [9, 4, 77]
        let predictions = head.predict(kernels, slots, top: top)
        #expect(predictions.count == 3 && predictions.isFinite.prefix(3) == [true, true, true])
        for (b, slot) in slots.enumerated() {
            let logits = head.logits(kernels, slot)
            let ids = Array(predictions.ids[b * top..<(b + 1) * top])
            #expect(ids == Array(ranking(logits).prefix(top)))
            let best = ids.map { logits[Int($0)] }
            #expect(Array(predictions.logits[b * top..<(b + 1) * top]).bits == best.bits)
            #expect(ulps(predictions.logSumExp[b], from: logSumExp(logits)) <= 4)
        }
    }

    @Test func aPeakedDistributionKeepsItsLogSumExp() throws {
        let head = try Case(3000, scale: 40)
        let kernels = try Kernels()
        let predictions = head.predict(kernels, [1, 2], top: 2)
        for b in 0..<2 {
            let exact = logSumExp(head.logits(kernels, Int32(b + 1)))
            #expect(ulps(predictions.logSumExp[b], from: exact) <= 2)
        }
    }

    @Test func everyBatchOnEveryTierGivesTheSameBits() throws {
        let head = try Case(1100)
        let portable = try Kernels(tier: .portable)
        let alone = (0..<Int32(Self.rows)).map { head.predict(portable, [$0], top: 5) }
        for kernels in try allKernels() {
            let sizes = kernels.tier == .portable ? [2, 17] : Array(1...70) + [Self.rows]
            for size in sizes {
                let slots = slots(size, below: Self.rows, seed: size)
                let batch = head.predict(kernels, slots, top: 5)
                let wanted = slots.map { alone[Int($0)] }
                #expect(Array(batch.ids.prefix(5 * size)) == wanted.flatMap(\.ids))
                #expect(batch.logits.bits == wanted.flatMap(\.logits).bits)
                #expect(batch.logSumExp.bits == wanted.flatMap(\.logSumExp).bits)
            }
        }
    }

    @Test func ofEqualLogitsTheLowerIdComesFirst() throws {
        let size = 1200
        let head = try HeadWeights(
            weight: [Float](repeating: 0, count: size * Self.hiddenSize).span, bias: nil,
            vocabularySize: size, hiddenSize: Self.hiddenSize)
        let states = Rows([Float](repeating: 1, count: Self.hiddenSize), stride: Self.hiddenSize)
        for kernels in try allKernels() {
            var predictions = Predictions()
            var workspace = Workspace(maxBatch: 1, widths: [Self.hiddenSize])
            unsafe states.view {
                unsafe kernels.predict(
                    head, hidden: $0, slots: [0].span, top: 40, into: &predictions,
                    workspace: &workspace)
            }
            #expect(predictions.ids == Array(0..<40))
            #expect(ulps(predictions.logSumExp[0], from: log(Double(size))) <= 2)
        }
    }

    @Test(arguments: [Float.nan, .infinity, -.infinity, .greatestFiniteMagnitude])
    func aRowThatIsNotFiniteIsReportedAlone(_ bad: Float) throws {
        let head = try Case(1100)
        for kernels in try allKernels() {
            let clean = head.predict(kernels, [0, 2], top: 3)
            var values = head.states.values
            for i in Self.hiddenSize..<2 * Self.hiddenSize { values[i] = bad }
            let states = Rows(values, stride: Self.hiddenSize)
            var predictions = Predictions()
            var workspace = Workspace(maxBatch: 3, widths: [Self.hiddenSize])
            unsafe states.view {
                unsafe kernels.predict(
                    head.head, hidden: $0, slots: [0, 1, 2].span, top: 3, into: &predictions,
                    workspace: &workspace)
            }
            #expect(predictions.isFinite == [true, false, true])
            #expect(predictions.logSumExp[0] == clean.logSumExp[0])
            #expect(predictions.logSumExp[2] == clean.logSumExp[1])
            #expect(Array(predictions.ids[6..<9]) == Array(clean.ids[3..<6]))
        }
    }

    @Test(arguments: [5, 1030, 1099], [Float.nan, .infinity, -.infinity])
    func oneLogitThatIsNotFiniteIsReported(id: Int, bad: Float) throws {
        var bias = [Float](repeating: 0.5, count: 1100)
        bias[id] = bad
        let head = try HeadWeights(
            weight: [Float](repeating: 0.1, count: 1100 * Self.hiddenSize).span, bias: bias.span,
            vocabularySize: 1100, hiddenSize: Self.hiddenSize)
        let states = Rows([Float](repeating: 1, count: Self.hiddenSize), stride: Self.hiddenSize)
        for kernels in try allKernels() {
            var predictions = Predictions()
            var workspace = Workspace(maxBatch: 1, widths: [Self.hiddenSize])
            unsafe states.view {
                unsafe kernels.predict(
                    head, hidden: $0, slots: [0].span, top: 2, into: &predictions,
                    workspace: &workspace)
            }
            #expect(predictions.isFinite == [false])
        }
    }

    @Test func dotGivesTheBitsOfTheHead() throws {
        let head = try Case(300)
        for kernels in try allKernels() {
            for size in [1, 2, 7, 8, 9, 31] {
                let slots = slots(size, below: Self.rows, seed: size)
                let ids = slots.map { $0 * 7 % 300 }
                let wanted = zip(ids, slots).map { id, slot in
                    head.logits(kernels, slot)[Int(id)]
                }
                #expect(head.dot(kernels, ids, slots).bits == wanted.bits)
            }
        }
    }
}
