internal import CKernels

// `unsafe`: pointers and views are passed to C inside the closures that lend them, after their
// bounds have been checked.

extension Kernels {
    /// The maximum number of candidates of `predict`.
    package static let maxTop = Int(SLUICE_MAX_TOP)

    /// Computes the logits of the whole vocabulary for h of each slot. Keeps the best `top` and the
    /// log-sum-exp. `top` is at most `maxTop` and the size of the vocabulary.
    @unsafe package func predict(
        _ head: HeadWeights, hidden: RowView, slots: Span<Int32>, top: Int,
        into predictions: inout Predictions, workspace: inout Workspace
    ) {
        precondition(slots.count <= workspace.maxBatch && head.weight.k <= workspace.maxWidth)
        precondition(1 <= top && top <= min(Self.maxTop, head.vocabularySize))
        unsafe hidden.check(slots, width: head.weight.k)
        predictions.prepare(count: slots.count, top: top)
        unsafe slots.withUnsafeBufferPointer { slots in
            var step = unsafe sluice_head_step()
            unsafe step.batch = slots.count
            unsafe step.top = top
            unsafe step.h = hidden.cRows(slots)
            unsafe workspace.lend(to: &step) { step in
                unsafe predictions.lend(to: &step) { step in
                    unsafe head.withCHead { unsafe table.pointee.head_step($0, step) }
                }
            }
        }
    }

    /// All logits `[V]` for h of one slot, with the same bits as in `predict` and `dot`.
    @unsafe package func logits(_ head: HeadWeights, hidden: RowView, slot: Int32) -> [Float] {
        unsafe hidden.check([slot].span, width: head.weight.k)
        let h = unsafe hidden.base + Int(slot) * hidden.stride
        var logits = [Float](repeating: 0, count: head.weight.columns)
        unsafe head.withCHead { unsafe table.pointee.head_logits($0, h, &logits) }
        return Array(logits.prefix(head.vocabularySize))
    }
}

extension Workspace {
    /// Runs `body` with the step's buffers, which live as long as this workspace.
    fileprivate mutating func lend(
        to step: inout sluice_head_step, _ body: (inout sluice_head_step) -> Void
    ) {
        unsafe step.packed_h = packedHidden.pointer
        unsafe step.logits = logits.pointer
        unsafe headRows.withUnsafeMutableBufferPointer { rows in
            unsafe step.rows = rows.baseAddress
            unsafe body(&step)
        }
    }
}

extension Predictions {
    fileprivate mutating func lend(
        to step: inout sluice_head_step, _ body: (UnsafePointer<sluice_head_step>) -> Void
    ) {
        unsafe ids.withUnsafeMutableBufferPointer { ids in
            unsafe logits.withUnsafeMutableBufferPointer { logits in
                unsafe logSumExp.withUnsafeMutableBufferPointer { logSumExp in
                    unsafe isFinite.withUnsafeMutableBufferPointer { isFinite in
                        unsafe step.top_ids = ids.baseAddress
                        unsafe step.top_logits = logits.baseAddress
                        unsafe step.log_sum_exp = logSumExp.baseAddress
                        unsafe step.finite = isFinite.baseAddress
                        unsafe body(&step)
                    }
                }
            }
        }
    }
}

extension HeadWeights {
    fileprivate func withCHead(_ body: (UnsafePointer<sluice_head>) -> Void) {
        unsafe weight.panels.withUnsafePointer { panels in
            unsafe bias.withUnsafePointer { bias in
                var head = unsafe sluice_head(
                    hidden_size: weight.k, vocabulary: vocabularySize, weights: panels, bias: bias)
                unsafe body(&head)
            }
        }
    }
}
