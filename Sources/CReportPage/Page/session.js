"use strict";

// The session's data, in the blocks that ReportWriter.swift describes. Arrays of the network are
// decoded on first use.

function dataBlock(name) {
    return document.getElementById(`data.${name}`).textContent;
}

function decodeBase64(text) {
    if (Uint8Array.fromBase64) return Uint8Array.fromBase64(text);
    const binary = atob(text);
    const bytes = new Uint8Array(binary.length);
    for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
    return bytes;
}

const gateTitles = {
    h: "hidden state", c: "cell state", i: "input gate", f: "forget gate", g: "candidate cell",
    o: "output gate", r: "reset gate", z: "update gate", n: "new state",
};

class Session {
    constructor() {
        const meta = JSON.parse(dataBlock("meta"));
        this.stream = meta.stream;
        this.model = meta.model;
        this.vectors = meta.vectors;
        this.count = meta.tokens;
        this.top = meta.top;
        this.chunkTokens = meta.chunkTokens;
        this.marks = meta.marks;
        this.layers = meta.layers;
        this.bytes = decodeBase64(dataBlock("text"));
        this.ids = new Int32Array(decodeBase64(dataBlock("ids")).buffer);
        this.epochs = new Uint32Array(decodeBase64(dataBlock("epochs")).buffer);
        this.offsets = new Float64Array(decodeBase64(dataBlock("offsets")).buffer);
        this.surprisal = new Float32Array(decodeBase64(dataBlock("surprisal")).buffer);
        this.score = new Float32Array(decodeBase64(dataBlock("score")).buffer);
        this.candidatePlaces = new Uint32Array(decodeBase64(dataBlock("candidates")).buffer);
        this.probabilities = new Float32Array(decodeBase64(dataBlock("probabilities")).buffer);
        this.candidateTable = meta.candidates;
        this.starts = Session.#starts(new Uint32Array(decodeBase64(dataBlock("lengths")).buffer));
        this.chunks = new Map();
        this.#countMessages();
    }

    static #starts(lengths) {
        const starts = new Uint32Array(lengths.length + 1);
        for (let t = 0; t < lengths.length; t++) starts[t + 1] = starts[t] + lengths[t];
        return starts;
    }

    // The message of each token, counted over the whole session.
    #countMessages() {
        this.messageStarts = [0];
        this.messages = 0;
        for (const mark of this.marks) {
            if (mark.kind === "message") this.messages += 1;
            const last = this.messageStarts[this.messageStarts.length - 1];
            if (mark.position > last && mark.position < this.count) {
                this.messageStarts.push(mark.position);
            }
        }
    }

    /// Whether something happened just before a token.
    isMarked(token) {
        const at = this.messageStarts[this.message(token)];
        return token > 0 && at === token;
    }

    message(token) {
        return lastAtMost(this.messageStarts, token);
    }

    /// The candidates for what comes after a token, best first.
    candidates(token) {
        const candidates = [];
        for (let rank = 0; rank < this.top; rank++) {
            const at = token * this.top + rank;
            const entry = this.candidateTable[this.candidatePlaces[at]];
            if (!entry) continue;
            entry.bytes ??= decodeBase64(entry.text);
            candidates.push(
                { id: entry.id, bytes: entry.bytes, probability: this.probabilities[at] });
        }
        return candidates;
    }

    tokenBytes(token) {
        return this.bytes.subarray(this.starts[token], this.starts[token + 1]);
    }

    /// Whether any of the layer's units were kept.
    hasUnits(layer) { return this.layers[layer]?.units.length > 0; }

    /// One chunk of a vector, `[units][tokens of the chunk]` in 8 bits.
    chunk(layer, vector, number) {
        const name = `a.${layer}.${vector}.${number}`;
        let chunk = this.chunks.get(name);
        if (!chunk) {
            chunk = new Int8Array(decodeBase64(dataBlock(name)).buffer);
            this.chunks.set(name, chunk);
        }
        return chunk;
    }

    chunkLength(number) {
        return Math.min(this.chunkTokens, this.count - number * this.chunkTokens);
    }

    scales(layer, vector) {
        return this.layers[layer].scales[this.vectors.indexOf(vector)];
    }

    /// The value of a unit, by its place among the units that were kept; NaN for what is not finite.
    value(layer, vector, slot, token) {
        const number = Math.floor(token / this.chunkTokens);
        const length = this.chunkLength(number);
        const at = slot * length + token - number * this.chunkTokens;
        const quantised = this.chunk(layer, vector, number)[at];
        return quantised === -128 ? NaN : quantised * this.scales(layer, vector)[slot];
    }

    /// All values of one unit, one after another: `body(token, value)`.
    eachValue(layer, vector, slot, from, to, body) {
        const scale = this.scales(layer, vector)[slot];
        for (let token = from; token < to;) {
            const number = Math.floor(token / this.chunkTokens);
            const length = this.chunkLength(number);
            const first = number * this.chunkTokens;
            const end = Math.min(to, first + length);
            const chunk = this.chunk(layer, vector, number);
            const base = slot * length - first;
            for (; token < end; token++) {
                const quantised = chunk[base + token];
                body(token, quantised === -128 ? NaN : quantised * scale);
            }
        }
    }

    /// Gates lie in [0, 1]; the other vectors on both sides of 0.
    isGate(vector) {
        return ["i", "f", "o", "r", "z"].includes(vector);
    }

    isUnbounded(vector) {
        return vector === "c" || (vector === "h" && this.model.cell === "rnn");
    }

    /// The limit of a vector's colours: 1, or for unbounded vectors the magnitude that 9 of 10 units
    /// never exceed.
    range(layer, vector) {
        if (!this.isUnbounded(vector)) return 1;
        const largest = this.scales(layer, vector).map((scale) => scale * 127);
        largest.sort((a, b) => a - b);
        const range = largest[Math.floor(0.9 * (largest.length - 1))];
        return range > 0 ? range : 1;
    }

    /// Mean and standard deviation of one unit over the session. The deviation has a lower bound of a
    /// few quantisation steps, so that a nearly constant unit shows no noise.
    spread(layer, vector, slot) {
        const kept = this.layers[layer];
        kept.spreads ??= {};
        const spreads = kept.spreads[vector] ??= [];
        return spreads[slot] ??= this.#spreadOf(layer, vector, slot);
    }

    #spreadOf(layer, vector, slot) {
        let n = 0, sum = 0, squares = 0;
        this.eachValue(layer, vector, slot, 0, this.count, (_, value) => {
            if (Number.isNaN(value)) return;
            n += 1;
            sum += value;
            squares += value * value;
        });
        const mean = n > 0 ? sum / n : 0;
        const variance = n > 0 ? Math.max(0, squares / n - mean * mean) : 0;
        const least = 2 * this.scales(layer, vector)[slot];
        return { mean, deviation: Math.max(Math.sqrt(variance), least) || 1 };
    }

    /// Variance of each kept unit's h, and its correlation with sentiment.
    statistics(layer) {
        const kept = this.layers[layer];
        kept.statistics ??= kept.units.map((_, slot) => this.#statisticsOf(layer, slot));
        return kept.statistics;
    }

    #statisticsOf(layer, slot) {
        let n = 0, sum = 0, squares = 0, scores = 0, scoreSquares = 0, products = 0;
        this.eachValue(layer, "h", slot, 0, this.count, (token, value) => {
            const score = this.score[token];
            if (Number.isNaN(value)) return;
            n += 1;
            sum += value;
            squares += value * value;
            if (Number.isNaN(score)) return;
            scores += score;
            scoreSquares += score * score;
            products += value * score;
        });
        const variance = squares / n - (sum / n) ** 2;
        const scoreVariance = scoreSquares / n - (scores / n) ** 2;
        const covariance = products / n - (sum / n) * (scores / n);
        const spread = Math.sqrt(variance * scoreVariance);
        return { variance, correlation: spread > 0 ? covariance / spread : 0 };
    }
}

/// Index of the last element that is at most `value`, in ascending order; 0 if there is none.
function lastAtMost(sorted, value) {
    let low = 0, high = sorted.length;
    while (high - low > 1) {
        const middle = (low + high) >> 1;
        if (sorted[middle] <= value) low = middle;
        else high = middle;
    }
    return low;
}

function clamp(value, low, high) {
    return Math.max(low, Math.min(high, value));
}
