// Gathering, scattering and checking rows of floats by index.

// Row blocks of a batch: `count` of them, balanced, at most SLUICE_BLOCK_ROWS rows each.
INLINE ptrdiff_t block_count(ptrdiff_t batch) {
    return (batch + SLUICE_BLOCK_ROWS - 1) / SLUICE_BLOCK_ROWS;
}

// Rows of block i, where the blocks before it hold `done` rows.
INLINE ptrdiff_t block_rows(ptrdiff_t batch, ptrdiff_t blocks, ptrdiff_t i, ptrdiff_t done) {
    return (batch - done + blocks - i - 1) / (blocks - i);
}

// Without indices, row b is number b.
INLINE float *row(sluice_rows rows, ptrdiff_t b) {
    return rows.base + (rows.indices ? rows.indices[b] : b) * rows.stride;
}

INLINE void copy(const float *from, float *to, ptrdiff_t count) {
    __builtin_memcpy(to, from, (size_t)count * sizeof(float));
}

INLINE void pack_block(const float *const *source, const int rows, ptrdiff_t k, float *packed) {
    for (ptrdiff_t i = 0; i < k; i++) {
        UNROLL for (int m = 0; m < rows; m++) packed[i * rows + m] = source[m][i];
    }
}

static void pack(sluice_rows rows, ptrdiff_t batch, ptrdiff_t k, float *packed) {
    ptrdiff_t blocks = block_count(batch), done = 0;
    for (ptrdiff_t i = 0; i < blocks; i++) {
        ptrdiff_t count = block_rows(batch, blocks, i, done);
        const float *source[SLUICE_BLOCK_ROWS];
        for (ptrdiff_t m = 0; m < count; m++) source[m] = row(rows, done + m);
        float *target = packed + done * k;
        switch (count) {
            case 1: copy(source[0], target, k); break;
            case 2: pack_block(source, 2, k, target); break;
            case 3: pack_block(source, 3, k, target); break;
            case 4: pack_block(source, 4, k, target); break;
            case 5: pack_block(source, 5, k, target); break;
            default: pack_block(source, 6, k, target); break;
        }
        done += count;
    }
}

INLINE void pack_column_block(const float *x, ptrdiff_t stride, ptrdiff_t k, const int columns,
                              ptrdiff_t filled, float *packed) {
    for (ptrdiff_t i = 0; i < k; i++) {
        UNROLL for (int m = 0; m < columns; m++) packed[i * columns + m] = x[i * stride + m];
    }
    __builtin_memset(packed + k * columns, 0, (size_t)((filled - k) * columns) * sizeof(float));
}

// The same blocks of the transpose: columns of x [k, columns] as rows, padded with zeros.
static void pack_columns(const float *x, ptrdiff_t stride, ptrdiff_t k, ptrdiff_t columns,
                         ptrdiff_t filled, float *packed) {
    ptrdiff_t blocks = block_count(columns), done = 0;
    for (ptrdiff_t i = 0; i < blocks; i++) {
        ptrdiff_t count = block_rows(columns, blocks, i, done);
        const float *source = x + done;
        float *target = packed + done * filled;
        switch (count) {
            case 1: pack_column_block(source, stride, k, 1, filled, target); break;
            case 2: pack_column_block(source, stride, k, 2, filled, target); break;
            case 3: pack_column_block(source, stride, k, 3, filled, target); break;
            case 4: pack_column_block(source, stride, k, 4, filled, target); break;
            case 5: pack_column_block(source, stride, k, 5, filled, target); break;
            default: pack_column_block(source, stride, k, 6, filled, target); break;
        }
        done += count;
    }
}

// Rows of x [k, panels * 16] as panels, padded with zeros.
static void pack_panels(const float *x, ptrdiff_t stride, ptrdiff_t k, ptrdiff_t panels,
                        ptrdiff_t filled, float *packed) {
    for (ptrdiff_t p = 0; p < panels; p++) {
        float *panel = packed + p * filled * SLUICE_LANES;
        const float *source = x + p * SLUICE_LANES;
        for (ptrdiff_t i = 0; i < k; i++) {
            store(panel + i * SLUICE_LANES, load(source + i * stride));
        }
        __builtin_memset(panel + k * SLUICE_LANES, 0,
                         (size_t)((filled - k) * SLUICE_LANES) * sizeof(float));
    }
}

static void finite(sluice_rows rows, ptrdiff_t batch, ptrdiff_t k, bool *finite) {
    for (ptrdiff_t b = 0; b < batch; b++) {
        const float *x = row(rows, b);
        vec zeros = splat(0.0f);  // stays zero unless a value is infinite or NaN
        for (ptrdiff_t i = 0; i < k; i += SLUICE_LANES) {
            zeros = fma_(load(x + i), splat(0.0f), zeros);
        }
        finite[b] = !any(zeros != 0.0f);
    }
}

enum { DOT_ROWS = 8 };  // parallel chains, to hide the latency of one fma

static void dot(sluice_rows weights, const float *bias, sluice_rows x, ptrdiff_t batch, ptrdiff_t k,
                float *y) {
    for (ptrdiff_t first = 0; first < batch; first += DOT_ROWS) {
        const float *w[DOT_ROWS], *h[DOT_ROWS];
        float sum[DOT_ROWS] = {0};
        for (ptrdiff_t j = 0; j < DOT_ROWS; j++) {
            ptrdiff_t b = first + j < batch ? first + j : batch - 1;
            w[j] = row(weights, b);
            h[j] = row(x, b);
        }
        for (ptrdiff_t i = 0; i < k; i++) {
            UNROLL for (int j = 0; j < DOT_ROWS; j++) {
                sum[j] = __builtin_fmaf(h[j][i], w[j][i], sum[j]);
            }
        }
        for (ptrdiff_t j = 0; j < DOT_ROWS && first + j < batch; j++) {
            ptrdiff_t id = weights.indices ? weights.indices[first + j] : first + j;
            y[first + j] = bias ? sum[j] + bias[id] : sum[j];
        }
    }
}
