// The vocabulary head: computes the logits of 1024 columns at a time and, while they are in the
// cache, adds them to the log-sum-exp and the best candidates.

typedef struct {
    float max;
    float min;
} extent;

// Adds the bias to `real` logits and pads the last panel with -infinity. Returns the largest and
// the smallest of the real logits, without NaN.
INLINE extent finish_logits(float *x, const float *bias, ptrdiff_t real) {
    const ptrdiff_t whole = real / SLUICE_LANES * SLUICE_LANES;
    const float infinity = __builtin_inff();
    vec max = splat(-infinity), min = splat(infinity);
    for (ptrdiff_t i = 0; i < whole; i += SLUICE_LANES) {
        vec logit = load(x + i) + load(bias + i);
        store(x + i, logit);
        max = logit > max ? logit : max;
        min = logit < min ? logit : min;
    }
    extent e = {-infinity, infinity};
    for (int l = 0; l < SLUICE_LANES; l++) {
        e.max = max[l] > e.max ? max[l] : e.max;
        e.min = min[l] < e.min ? min[l] : e.min;
    }
    for (ptrdiff_t i = whole; i < real; i++) {
        x[i] += bias[i];
        e.max = x[i] > e.max ? x[i] : e.max;
        e.min = x[i] < e.min ? x[i] : e.min;
    }
    for (ptrdiff_t i = real; i % SLUICE_LANES; i++) x[i] = -infinity;
    return e;
}

// Sum of exp(x - max): 16 running sums, then a tree.
INLINE float exp_sum(const float *x, ptrdiff_t count, float max) {
    vec sum = splat(0.0f);
    for (ptrdiff_t i = 0; i < count; i += SLUICE_LANES) sum += exp_(load(x + i) - max);
    float lanes[SLUICE_LANES];
    store(lanes, sum);
    for (int half = SLUICE_LANES / 2; half > 0; half /= 2) {
        for (int l = 0; l < half; l++) lanes[l] += lanes[l + half];
    }
    return lanes[0];
}

// The best candidates of one row so far, best first.
typedef struct {
    float *logits;
    int32_t *ids;
    ptrdiff_t top;
    ptrdiff_t count;
} candidates;

INLINE float weakest(const candidates *best) {
    return best->count < best->top ? -__builtin_inff() : best->logits[best->top - 1];
}

// Ids arrive in ascending order, so an equal logit is placed after the existing ones.
static void insert(candidates *best, float logit, int32_t id) {
    ptrdiff_t i = best->count < best->top ? best->count++ : best->top - 1;
    for (; i > 0 && best->logits[i - 1] < logit; i--) {
        best->logits[i] = best->logits[i - 1];
        best->ids[i] = best->ids[i - 1];
    }
    best->logits[i] = logit;
    best->ids[i] = id;
}

enum { SCAN_COLUMNS = 4 * SLUICE_LANES };

INLINE bool any_above(const float *x, ptrdiff_t count, float threshold) {
    vec max = load(x);
    for (ptrdiff_t i = SLUICE_LANES; i < count; i += SLUICE_LANES) max = max_(load(x + i), max);
    return any(max > threshold);
}

// Most columns have no candidate, so many are checked at a time.
INLINE void collect(candidates *best, const float *x, ptrdiff_t count, ptrdiff_t first_id) {
    for (ptrdiff_t i = 0; i < count; i += SCAN_COLUMNS) {
        ptrdiff_t end = i + SCAN_COLUMNS < count ? i + SCAN_COLUMNS : count;
        if (!any_above(x + i, end - i, weakest(best))) continue;
        for (ptrdiff_t j = i; j < end; j += SLUICE_LANES) {
            unsigned lanes = lanes_of(load(x + j) > weakest(best));
            for (; lanes; lanes &= lanes - 1) {
                ptrdiff_t at = j + __builtin_ctz(lanes);
                if (x[at] > weakest(best)) insert(best, x[at], (int32_t)(first_id + at));
            }
        }
    }
}

// Adds a chunk with the given maximum and sum of exp(logit - max) to the previous ones.
INLINE void add_chunk(sluice_head_row *row, float max, float sum) {
    if (max > row->max) {
        row->sum = row->sum * exp_scalar(row->max - max) + sum;
        row->max = max;
    } else {
        row->sum += sum * exp_scalar(max - row->max);
    }
}

// Adds the products of `columns` columns from `first` to every row's results.
static void summarize(const sluice_head *head, const sluice_head_step *step, ptrdiff_t first,
                      ptrdiff_t columns) {
    const ptrdiff_t left = head->vocabulary - first, real = left < columns ? left : columns;
    for (ptrdiff_t b = 0; b < step->batch; b++) {
        sluice_head_row *row = step->rows + b;
        float *x = step->logits + b * SLUICE_LOGITS_STRIDE;
        extent e = finish_logits(x, head->bias + first, real);
        if (e.min == -__builtin_inff()) row->infinite = true;
        add_chunk(row, e.max, exp_sum(x, columns, e.max));
        candidates best = {step->top_logits + b * step->top, step->top_ids + b * step->top,
                           step->top, row->candidates};
        if (e.max > weakest(&best)) collect(&best, x, columns, first);
        row->candidates = best.count;
    }
}

INLINE ptrdiff_t head_columns(const sluice_head *head) {
    return (head->vocabulary + SLUICE_LANES - 1) / SLUICE_LANES * SLUICE_LANES;
}

static void head_step(const sluice_head *head, const sluice_head_step *step) {
    const ptrdiff_t k = head->hidden_size, all = head_columns(head);
    pack(step->h, step->batch, k, step->packed_h);
    for (ptrdiff_t b = 0; b < step->batch; b++) {
        step->rows[b] = (sluice_head_row){.max = -__builtin_inff()};
    }
    for (ptrdiff_t first = 0; first < all; first += SLUICE_CHUNK_COLUMNS) {
        ptrdiff_t left = all - first;
        ptrdiff_t columns = left < SLUICE_CHUNK_COLUMNS ? left : SLUICE_CHUNK_COLUMNS;
        product(step->packed_h, step->batch, k, head->weights + first * k, columns / SLUICE_LANES,
                false, step->logits, SLUICE_LOGITS_STRIDE);
        summarize(head, step, first, columns);
    }
    for (ptrdiff_t b = 0; b < step->batch; b++) {
        const sluice_head_row *row = step->rows + b;
        step->log_sum_exp[b] = row->max + log_scalar(row->sum);
        // NaN and +infinity among the logits leave NaN in the sum.
        step->finite[b] = !row->infinite && row->sum == row->sum;
    }
}

static void head_logits(const sluice_head *head, const float *h, float *y) {
    const ptrdiff_t columns = head_columns(head);
    product(h, 1, head->hidden_size, head->weights, columns / SLUICE_LANES, false, y, columns);
    for (ptrdiff_t i = 0; i < columns; i += SLUICE_LANES) {
        store(y + i, load(y + i) + load(head->bias + i));
    }
}
