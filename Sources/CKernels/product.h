// The matrix product: packed rows times panels of 16 columns.
//
// A block of up to 6 rows times one panel keeps its sums in registers over all of k. If a panel's
// row is one register, a block takes two panels, since 6 sums do not hide the latency of two fma
// per cycle. Weights come from memory: each block prefetches its share of the next panels. One row
// takes 4 panels at a time and two rows take 2, since several streams load faster than one;
// prefetching would slow them down.

typedef struct {
    const float *x;  // [k][rows]
    ptrdiff_t k;
    const float *w;  // [k][16], further panels `panel_stride` on
    ptrdiff_t panel_stride;
    bool continues;
    float *y;  // [rows, panels * 16]
    ptrdiff_t y_stride;
    const char *fetch;  // prefetched, `fetch_step` bytes of each panel for each k
    ptrdiff_t fetch_step;
} block;

enum { MAX_PANELS = 4, K_UNROLL = 4, REGISTERS = SLUICE_LANES / LANES };  // of one panel row

typedef float reg __attribute__((ext_vector_type(LANES), aligned(4)));

INLINE reg load_reg(const float *p) { return *(const reg *)p; }

INLINE reg fma_reg(reg a, reg b, reg c) { return __builtin_elementwise_fma(a, b, c); }

INLINE void store_reg(float *p, reg x) { *(reg *)p = x; }

INLINE void block_product(const block *b, const int rows, const int panels, const bool fetches) {
    reg sum[SLUICE_BLOCK_ROWS][MAX_PANELS][REGISTERS];
    UNROLL for (int m = 0; m < rows; m++) {
        UNROLL for (int p = 0; p < panels; p++) {
            UNROLL for (int r = 0; r < REGISTERS; r++) {
                const float *y = b->y + m * b->y_stride + p * SLUICE_LANES + r * LANES;
                sum[m][p][r] = b->continues ? load_reg(y) : (reg)(0.0f);
            }
        }
    }
    const float *x = b->x, *end = x + b->k * rows, *w = b->w;
    const char *fetch = b->fetch;
    const ptrdiff_t panel_stride = b->panel_stride, fetch_step = b->fetch_step;
    for (; x < end; x += K_UNROLL * rows, w += K_UNROLL * SLUICE_LANES) {
        UNROLL for (int i = 0; i < K_UNROLL; i++) {
            if (fetches) {
                UNROLL for (int p = 0; p < panels; p++) {
                    __builtin_prefetch(fetch + p * panel_stride * (ptrdiff_t)sizeof(float), 0, 2);
                }
                fetch += fetch_step;
            }
            reg columns[MAX_PANELS][REGISTERS];
            UNROLL for (int p = 0; p < panels; p++) {
                UNROLL for (int r = 0; r < REGISTERS; r++) {
                    columns[p][r] = load_reg(w + p * panel_stride + i * SLUICE_LANES + r * LANES);
                }
            }
            UNROLL for (int m = 0; m < rows; m++) {
                reg value = (reg)(x[i * rows + m]);
                UNROLL for (int p = 0; p < panels; p++) {
                    UNROLL for (int r = 0; r < REGISTERS; r++) {
                        sum[m][p][r] = fma_reg(value, columns[p][r], sum[m][p][r]);
                    }
                }
            }
        }
    }
    UNROLL for (int m = 0; m < rows; m++) {
        UNROLL for (int p = 0; p < panels; p++) {
            UNROLL for (int r = 0; r < REGISTERS; r++) {
                store_reg(b->y + m * b->y_stride + p * SLUICE_LANES + r * LANES, sum[m][p][r]);
            }
        }
    }
}

#define BLOCK(rows, panels, fetches)                                                      \
    static __attribute__((noinline)) void block_##rows##x##panels(const block *b) {       \
        block_product(b, rows, panels, fetches);                                          \
    }

BLOCK(1, 1, false)
BLOCK(1, 4, false)
BLOCK(2, 1, false)
BLOCK(2, 2, false)
BLOCK(3, 1, true)
BLOCK(4, 1, true)
BLOCK(5, 1, true)
BLOCK(6, 1, true)
#if LANES == 16
BLOCK(3, 2, true)
BLOCK(4, 2, true)
BLOCK(5, 2, true)
BLOCK(6, 2, true)
#endif

typedef void block_function(const block *);

// For blocks of 3 rows or more: the number of panels that they take at a time, and the functions.
#if LANES == 16
enum { WIDTH = 2 };
static block_function *const wide_blocks[] = {
    0, 0, 0, block_3x2, block_4x2, block_5x2, block_6x2,
};
#else
enum { WIDTH = 1 };
#define wide_blocks narrow_blocks
#endif

// Panels side by side, `stride` floats apart.
typedef struct {
    const float *first;
    ptrdiff_t stride;
    ptrdiff_t count;
    const float *next;  // the panels that are read next
} panel_list;

// One row block times all panels, `width` of them at once.
INLINE ptrdiff_t wide_products(block *b, panel_list panels, int width, block_function *f) {
    ptrdiff_t p = 0;
    for (; p + width <= panels.count; p += width) {
        b->w = panels.first + p * panels.stride;
        f(b);
        b->y += width * SLUICE_LANES;
    }
    return p;
}

enum { LINE_BYTES = SLUICE_LANES * sizeof(float) };

// Sets what block i of `blocks` prefetches.
INLINE void set_fetch(block *b, ptrdiff_t i, ptrdiff_t blocks, const float *next) {
    b->fetch = (const char *)next + i * (b->k * LINE_BYTES / blocks);
    b->fetch_step = LINE_BYTES / blocks;
}

static block_function *const narrow_blocks[] = {
    0, block_1x1, block_2x1, block_3x1, block_4x1, block_5x1, block_6x1,
};

// Every row block times the panels that its function takes. `next` is the panel after them.
INLINE void panel_product(const float *packed, ptrdiff_t batch, block *b, const float *next,
                          block_function *const *functions) {
    const ptrdiff_t blocks = block_count(batch);
    float *y = b->y;
    ptrdiff_t done = 0;
    for (ptrdiff_t i = 0; i < blocks; i++) {
        ptrdiff_t rows = block_rows(batch, blocks, i, done);
        b->x = packed + done * b->k;
        b->y = y + done * b->y_stride;
        set_fetch(b, i, blocks, next);
        functions[rows](b);
        done += rows;
    }
    b->y = y;
}

// y[b, p * 16 + j] = chain over k of packed row b and column j of panel p, from 0 or from y.
static void panel_products(const float *packed, ptrdiff_t batch, ptrdiff_t k, panel_list panels,
                           bool continues, float *y, ptrdiff_t y_stride) {
    block b = {.x = packed, .k = k, .panel_stride = panels.stride, .continues = continues, .y = y,
               .y_stride = y_stride};
    ptrdiff_t p = 0;
    if (batch == 1) p = wide_products(&b, panels, 4, block_1x4);
    if (batch == 2) p = wide_products(&b, panels, 2, block_2x2);
    while (p < panels.count) {
        const bool is_wide = batch > 2 && p + WIDTH <= panels.count;
        const ptrdiff_t width = is_wide ? WIDTH : 1;
        b.w = panels.first + p * panels.stride;
        b.y = y + p * SLUICE_LANES;
        panel_product(packed, batch, &b,
                      p + width < panels.count ? b.w + width * panels.stride : panels.next,
                      is_wide ? wide_blocks : narrow_blocks);
        p += width;
    }
}

static void product(const float *packed, ptrdiff_t batch, ptrdiff_t k, const float *panels,
                    ptrdiff_t panel_count, bool continues, float *y, ptrdiff_t y_stride) {
    ptrdiff_t length = k * SLUICE_LANES;
    panel_list list = {panels, length, panel_count, panels + panel_count * length};
    panel_products(packed, batch, k, list, continues, y, y_stride);
}

// The peak of one thread: independent fma chains in registers.
static double fma_loop(ptrdiff_t iterations, float *sink) {
    enum { CHAINS = 12 };
    volatile float factor = 0.5f;  // unknown to the compiler
    reg a = (reg)(factor), b = a, sum[CHAINS];
    UNROLL for (int c = 0; c < CHAINS; c++) sum[c] = (reg)((float)c);
    for (ptrdiff_t i = 0; i < iterations; i++) {
        UNROLL for (int c = 0; c < CHAINS; c++) sum[c] = fma_reg(sum[c], a, b);
    }
    reg total = sum[0];
    UNROLL for (int c = 1; c < CHAINS; c++) total += sum[c];
    *sink = total[0];
    return 2.0 * CHAINS * LANES * (double)iterations;
}
