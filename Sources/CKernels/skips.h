// Skip connections, elementwise, in place: the rows of x receive the output.

// y = h + x
static void residual(sluice_rows h, sluice_rows x, ptrdiff_t batch, ptrdiff_t k) {
    for (ptrdiff_t b = 0; b < batch; b++) {
        const float *from = row(h, b);
        float *to = row(x, b);
        for (ptrdiff_t i = 0; i < k; i += SLUICE_LANES) {
            store(to + i, load(from + i) + load(to + i));
        }
    }
}

// y = t h + (1 - t) x with t = sigmoid(gate + bias)
static void highway(const float *gate, const float *bias, sluice_rows h, sluice_rows x,
                    ptrdiff_t batch, ptrdiff_t k) {
    for (ptrdiff_t b = 0; b < batch; b++) {
        const float *from = row(h, b), *sums = gate + b * k;
        float *to = row(x, b);
        for (ptrdiff_t i = 0; i < k; i += SLUICE_LANES) {
            vec t = sigmoid_(load(sums + i) + load(bias + i));
            vec below = load(to + i);
            store(to + i, fma_(t, load(from + i) - below, below));
        }
    }
}
