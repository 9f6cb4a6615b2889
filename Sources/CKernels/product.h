// The matrix product: packed rows times panels of 16 columns.
//
// A block of up to 6 rows times one panel keeps its sums in registers over the whole of k, and the
// next panel is fetched meanwhile. One row takes 4 panels at once, two or three rows take 2: few
// rows leave the arithmetic waiting for memory, and several streams load faster than one.

typedef struct {
    const float *x;  // [k][rows]
    ptrdiff_t k;
    const float *w;  // [k][16], further panels `panel_stride` on
    ptrdiff_t panel_stride;
    bool continues;
    float *y;  // [rows, panels * 16]
    ptrdiff_t y_stride;
    const char *prefetch;  // fetched bit by bit over the k, `prefetch_step` bytes each
    ptrdiff_t prefetch_step;
} block;

enum { MAX_PANELS = 4, K_UNROLL = 4 };

INLINE void block_product(const block *b, const int rows, const int panels, const bool fetches) {
    vec sum[SLUICE_BLOCK_ROWS][MAX_PANELS][VECTORS];
    UNROLL for (int m = 0; m < rows; m++) {
        UNROLL for (int p = 0; p < panels; p++) {
            UNROLL for (int v = 0; v < VECTORS; v++) {
                const float *y = b->y + m * b->y_stride + p * SLUICE_LANES + v * LANES;
                sum[m][p][v] = b->continues ? load(y) : splat(0.0f);
            }
        }
    }
    const float *x = b->x, *end = x + b->k * rows, *w = b->w;
    const char *prefetch = b->prefetch;
    const ptrdiff_t panel_stride = b->panel_stride, prefetch_step = b->prefetch_step;
    for (; x < end; x += K_UNROLL * rows, w += K_UNROLL * SLUICE_LANES) {
        UNROLL for (int i = 0; i < K_UNROLL; i++) {
            if (fetches) {
                __builtin_prefetch(prefetch, 0, 2);
                prefetch += prefetch_step;
            }
            vec columns[MAX_PANELS][VECTORS];
            UNROLL for (int p = 0; p < panels; p++) {
                UNROLL for (int v = 0; v < VECTORS; v++) {
                    columns[p][v] = load(w + p * panel_stride + i * SLUICE_LANES + v * LANES);
                }
            }
            UNROLL for (int m = 0; m < rows; m++) {
                vec value = splat(x[i * rows + m]);
                UNROLL for (int p = 0; p < panels; p++) {
                    UNROLL for (int v = 0; v < VECTORS; v++) {
                        sum[m][p][v] = fma_(value, columns[p][v], sum[m][p][v]);
                    }
                }
            }
        }
    }
    UNROLL for (int m = 0; m < rows; m++) {
        UNROLL for (int p = 0; p < panels; p++) {
            UNROLL for (int v = 0; v < VECTORS; v++) {
                store(b->y + m * b->y_stride + p * SLUICE_LANES + v * LANES, sum[m][p][v]);
            }
        }
    }
}

#define BLOCK(rows, panels, fetches)                                                      \
    static __attribute__((noinline)) void block_##rows##x##panels(const block *b) { \
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

// Panels side by side, `stride` floats apart.
typedef struct {
    const float *first;
    ptrdiff_t stride;
    ptrdiff_t count;
    const float *next;  // what is read after them
} panel_list;

// One row block times all panels, `width` of them at once.
INLINE ptrdiff_t wide_products(block *b, panel_list panels, int width, void (*f)(const block *)) {
    ptrdiff_t p = 0;
    for (; p + width <= panels.count; p += width) {
        b->w = panels.first + p * panels.stride;
        f(b);
        b->y += width * SLUICE_LANES;
    }
    return p;
}

// Every row block times one panel, while `next` is fetched, each block its share of it.
INLINE void panel_product(const float *packed, ptrdiff_t batch, block *b, const float *next) {
    static void (*const functions[])(const block *) = {
        0, block_1x1, block_2x1, block_3x1, block_4x1, block_5x1, block_6x1,
    };
    const ptrdiff_t blocks = block_count(batch), line = SLUICE_LANES * sizeof(float);
    float *y = b->y;
    ptrdiff_t done = 0;
    b->prefetch_step = line / blocks;
    for (ptrdiff_t i = 0; i < blocks; i++) {
        ptrdiff_t rows = block_rows(batch, blocks, i, done);
        b->x = packed + done * b->k;
        b->y = y + done * b->y_stride;
        b->prefetch = (const char *)next + i * b->k * line / blocks;
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
    for (; p < panels.count; p++) {
        b.w = panels.first + p * panels.stride;
        b.y = y + p * SLUICE_LANES;
        panel_product(packed, batch, &b, p + 1 < panels.count ? b.w + panels.stride : panels.next);
    }
}

static void product(const float *packed, ptrdiff_t batch, ptrdiff_t k, const float *panels,
                    ptrdiff_t panel_count, bool continues, float *y, ptrdiff_t y_stride) {
    ptrdiff_t length = k * SLUICE_LANES;
    panel_list list = {panels, length, panel_count, panels + panel_count * length};
    panel_products(packed, batch, k, list, continues, y, y_stride);
}

// The peak of one thread: independent chains in registers, nothing else.
static double fma_loop(ptrdiff_t iterations, float *sink) {
    enum { CHAINS = 12 };
    volatile float factor = 0.5f;  // unknown to the compiler
    vec a = splat(factor), b = a, sum[CHAINS];
    UNROLL for (int c = 0; c < CHAINS; c++) sum[c] = splat((float)c);
    for (ptrdiff_t i = 0; i < iterations; i++) {
        UNROLL for (int c = 0; c < CHAINS; c++) sum[c] = fma_(sum[c], a, b);
    }
    vec total = sum[0];
    UNROLL for (int c = 1; c < CHAINS; c++) total += sum[c];
    *sink = total[0];
    return 2.0 * CHAINS * LANES * (double)iterations;
}
