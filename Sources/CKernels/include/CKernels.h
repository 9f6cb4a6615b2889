// The arithmetic of Sluice. Each kernel is written once and compiled for every instruction set.
//
// Invariants, for every tier, batch size, row block and panel group:
// - An element of a matrix product is one chain, acc = fma(x[k], w[k], acc) for k = 0, 1, ...
//   Vectors run across columns, never along k, so their width does not change the bits.
// - exp, log, sigmoid and tanh use IEEE add, multiply, divide and fma, and no libm.
// - Sums have one fixed order (16 lanes, then a tree; chunks of 1024 columns in order).
//
// Layouts, all float32, sizes in elements:
// - panels   [n/16][k][16]: 16 columns of a matrix; a panel contains all of k.
// - packed   [row block][k][rows of the block]: the rows of a batch. Blocks are balanced and have
//            at most SLUICE_BLOCK_ROWS rows: 16 rows are blocks of 6, 5 and 5.
// - rows     row b is at base + indices[b] * stride. The indices of written rows must be distinct.
// Every k, hidden and input size here is padded to a multiple of SLUICE_LANES.
// Weights are aligned to 64 bytes; nothing else has to be aligned.
#ifndef CKERNELS_H
#define CKERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    SLUICE_LANES = 16,             // columns of a panel, units of a cell group
    SLUICE_BLOCK_ROWS = 6,         // maximum rows of a row block
    SLUICE_CHUNK_COLUMNS = 1024,   // columns of the head that are computed at a time
    SLUICE_LOGITS_STRIDE = 1040,   // between rows of a chunk; no power of two: cache conflicts
    SLUICE_MAX_TOP = 64,           // maximum candidates that the head keeps
    SLUICE_MAX_GATE_COLUMNS = 64,  // columns of the `gates` workspace for each row
};

typedef struct {
    float *base;
    ptrdiff_t stride;
    const int32_t *indices;  // [batch]; NULL: 0, 1, 2, ...
} sluice_rows;

typedef enum {
    SLUICE_LSTM,              // gates i, f, g, o
    SLUICE_GRU_RESET_AFTER,   // gates r, z, n (PyTorch's); biases r, z, n_x, n_h
    SLUICE_GRU_RESET_BEFORE,  // gates r, z and then n (Cho et al. 2014)
    SLUICE_RNN_TANH,
    SLUICE_RNN_RELU,
} sluice_cell;

// The weights of one recurrent layer. Gates are interleaved by groups of 16 units, so that a
// group's sums are finished while they are in the cache.
//
//   lstm, gru reset after, rnn   [H/16] of { input [G][K][16], hidden [G][H][16] }, G = 4, 3, 1
//   gru reset before             [H/16] of { input r, z [2][K][16], hidden r, z [2][H][16] },
//                                then [H/16] of { input n [K][16], hidden n [H][16] }
typedef struct {
    sluice_cell cell;
    ptrdiff_t input_size;   // K
    ptrdiff_t hidden_size;  // H
    const float *weights;
    const float *bias;  // [H/16][4 | 4 | 3 | 1][16]: b_ih + b_hh; reset after: n_x, n_h apart
} sluice_layer;

// One step of a layer for a batch. h (and c of an LSTM) are updated in place.
typedef struct {
    ptrdiff_t batch;
    sluice_rows x;         // [K] each; base NULL if products are given
    sluice_rows products;  // [H/16][G][16] each: input weights times x, see layer_input_products
    sluice_rows h;         // [H] each
    sluice_rows c;         // [H] each; LSTM only
    float *packed_x;       // workspace [batch * K]
    float *packed_h;       // workspace [batch * H]
    float *gates;          // workspace [batch, SLUICE_MAX_GATE_COLUMNS]
    float *new_h;          // [batch, H], in the order of the batch; also copied to h
    float *scratch;        // workspace [batch, 2H]; gru reset before only
} sluice_layer_step;

// The vocabulary head. Columns from `vocabulary` are padding and are ignored.
typedef struct {
    ptrdiff_t hidden_size;  // K
    ptrdiff_t vocabulary;   // V, unpadded
    const float *weights;   // panels [ceil(V/16)][K][16]
    const float *bias;      // [ceil(V/16) * 16]
} sluice_head;

// The running sums of a row.
typedef struct {
    float max;
    float sum;      // of exp(logit - max)
    bool infinite;  // a logit is -infinity
    ptrdiff_t candidates;
} sluice_head_row;

// The results of the head for each row. If a logit is not finite, finite = false, and the row's
// other results are undefined.
typedef struct {
    ptrdiff_t batch;
    ptrdiff_t top;          // 1...min(V, SLUICE_MAX_TOP)
    sluice_rows h;          // [K] each
    float *packed_h;        // workspace [batch * K]
    float *logits;          // workspace [batch, SLUICE_LOGITS_STRIDE]
    sluice_head_row *rows;  // workspace [batch]
    int32_t *top_ids;       // [batch, top], best first; among equal logits the lower id first
    float *top_logits;      // [batch, top]
    float *log_sum_exp;     // [batch]
    bool *finite;           // [batch]
} sluice_head_step;

typedef enum {
    SLUICE_TIER_PORTABLE,
    SLUICE_TIER_FMA128,
    SLUICE_TIER_AVX2,
    SLUICE_TIER_AVX512,
    SLUICE_TIER_NEON,
} sluice_tier;

// One tier's kernels.
typedef struct {
    // Packs `batch` rows of k floats.
    void (*pack)(sluice_rows rows, ptrdiff_t batch, ptrdiff_t k, float *packed);
    // Packs the columns of x [k, columns], whose rows are `stride` apart, for products over the
    // rows of two matrices. k is padded with zeros to `filled`, a multiple of 4.
    void (*pack_columns)(const float *x, ptrdiff_t stride, ptrdiff_t k, ptrdiff_t columns,
                         ptrdiff_t filled, float *packed);
    // Rows of x [k, panels * 16] as panels [filled][16], also padded with zeros.
    void (*pack_panels)(const float *x, ptrdiff_t stride, ptrdiff_t k, ptrdiff_t panels,
                        ptrdiff_t filled, float *packed);
    // y[b, n] = chain over k from zero; with `continues` from y[b, n]. y [batch, panels * 16].
    void (*product)(const float *packed, ptrdiff_t batch, ptrdiff_t k, const float *panels,
                    ptrdiff_t panel_count, bool continues, float *y, ptrdiff_t y_stride);
    // y[b] = the input products of the rows x for `layer_step`. y [batch, H/16 * G * 16].
    void (*layer_input_products)(const sluice_layer *layer, sluice_rows x, ptrdiff_t batch,
                                 float *packed_x, float *y, ptrdiff_t y_stride);
    void (*layer_step)(const sluice_layer *layer, const sluice_layer_step *step);
    void (*head_step)(const sluice_head *head, const sluice_head_step *step);
    // All logits of one row: y [ceil(V/16) * 16].
    void (*head_logits)(const sluice_head *head, const float *h, float *y);
    // y[b] = chain over k of weights row b and x row b, plus bias[weights.indices[b]] unless bias
    // is NULL. The bits are those of the head's logit.
    void (*dot)(sluice_rows weights, const float *bias, sluice_rows x, ptrdiff_t batch, ptrdiff_t k,
                float *y);
    // finite[b] = whether the k floats of row b are finite.
    void (*finite)(sluice_rows rows, ptrdiff_t batch, ptrdiff_t k, bool *finite);
    // x[b] = h[b] + x[b], k floats each.
    void (*residual)(sluice_rows h, sluice_rows x, ptrdiff_t batch, ptrdiff_t k);
    // x[b] = t h[b] + (1 - t) x[b] with t = sigmoid(gate[b] + bias); gate [batch, k], bias [k].
    void (*highway)(const float *gate, const float *bias, sluice_rows h, sluice_rows x,
                    ptrdiff_t batch, ptrdiff_t k);
    void (*exp)(const float *x, float *y, ptrdiff_t count);
    void (*log)(const float *x, float *y, ptrdiff_t count);
    void (*sigmoid)(const float *x, float *y, ptrdiff_t count);
    void (*tanh)(const float *x, float *y, ptrdiff_t count);
    // Independent fma chains in registers: the peak of one thread. Returns the number of
    // operations.
    double (*fma_loop)(ptrdiff_t iterations, float *sink);
} sluice_kernels;

// The kernels of a tier, or NULL if this processor cannot run it. Portable is never NULL.
const sluice_kernels *sluice_kernels_for(sluice_tier tier);

// Writes at most 16 contiguous rows of k floats as the columns of a panel [k][16].
void sluice_write_panel(const float *source, ptrdiff_t rows, ptrdiff_t k, float *panel);

#endif
