"use strict";

// The state of the page. Each part reads it, changes it through `set`, and is notified of changes.

class View {
    #surprisalLimit = 0;      // computed on first use

    constructor(session) {
        this.session = session;
        this.listeners = [];
        this.cursor = 0;
        this.hover = -1;
        this.anchor = -1;         // start of the selection; it ends at the cursor
        this.layer = session.layers.findLastIndex((_, layer) => session.hasUnits(layer));
        this.vector = "h";
        this.color = session.model.hasSentiment ? "sentiment" : session.top > 0 ? "surprisal" : "unit";
        this.units = [];          // {layer, slot}, selected
        this.active = null;       // the one of them that colours the text
        this.order = "activity";
        this.shading = null;      // "value" or "own" for the heat map; null for the vector's default
        this.threshold = 0.5;     // part of the vector's range
        this.tolerance = 0;
        this.shortest = 2;
        this.matches = null;      // [{start, end}]
        this.theme = "light";
        this.start = 0;           // token at the plots' left edge
        this.scale = 6;           // pixels of a token
    }

    listen(listener) {
        this.listeners.push(listener);
    }

    set(changes) {
        const changed = new Set();
        for (const [key, value] of Object.entries(changes)) {
            if (this[key] === value) continue;
            this[key] = value;
            changed.add(key);
        }
        if (changed.size > 0) for (const listener of this.listeners) listener(changed);
    }

    /// The token that the side panel shows.
    get token() {
        return this.hover >= 0 ? this.hover : this.cursor;
    }

    get selection() {
        if (this.anchor < 0) return null;
        const start = Math.min(this.anchor, this.cursor);
        return { start, end: Math.max(this.anchor, this.cursor) + 1 };
    }

    get palette() {
        return Palette.of(this.theme);
    }

    /// Whether the heat map compares each unit with its own mean. Units of c and of gates differ more from
    /// each other than over time; their values would give stripes.
    get comparesOwn() {
        if (this.shading) return this.shading === "own";
        return this.session.isGate(this.vector) || this.session.isUnbounded(this.vector);
    }

    get range() {
        return this.session.range(this.layer, this.vector);
    }

    // MARK: Moving

    moveTo(token, extends_ = false) {
        const cursor = clamp(token, 0, this.session.count - 1);
        const anchor = extends_ ? (this.anchor < 0 ? this.cursor : this.anchor) : -1;
        this.set({ cursor, anchor, hover: -1 });
    }

    // MARK: Units

    nameOf({ layer, slot }) {
        return `${this.vector}${layer}[${this.session.layers[layer].units[slot]}]`;
    }

    indexOf(layer, slot) {
        return this.units.findIndex((unit) => unit.layer === layer && unit.slot === slot);
    }

    toggleUnit(layer, slot) {
        const at = this.indexOf(layer, slot);
        if (at >= 0) return this.removeUnit(at);
        const unit = { layer, slot };
        return this.set({ units: [...this.units, unit], active: unit, color: "unit", matches: null });
    }

    removeUnit(at) {
        const units = this.units.filter((_, i) => i !== at);
        const isActive = this.units[at] === this.active;
        const active = isActive ? units[units.length - 1] ?? null : this.active;
        const color = active || this.color !== "unit" ? this.color : this.defaultColor;
        this.set({ units, active, color, matches: null });
    }

    get defaultColor() {
        return this.session.model.hasSentiment ? "sentiment" : "surprisal";
    }

    /// Colours the text by a unit: the active one, or the one with the highest activity.
    colorByUnit() {
        if (this.active) return this.set({ color: "unit" });
        const statistics = this.session.statistics(this.layer);
        let best = 0;
        statistics.forEach((s, slot) => {
            if (s.variance > statistics[best].variance) best = slot;
        });
        return this.toggleUnit(this.layer, best);
    }

    unitColor(at) {
        return this.palette.units[at % this.palette.units.length];
    }

    // MARK: Colours of tokens

    /// The limit of surprisal's colours: 98 of 100 tokens are below it.
    get surprisalLimit() {
        if (!this.#surprisalLimit) {
            const sorted = this.session.surprisal.filter((bits) => !Number.isNaN(bits)).sort();
            const high = sorted[Math.floor(0.98 * (sorted.length - 1))] ?? 0;
            this.#surprisalLimit = Math.max(4, 2 * Math.ceil(high / 2));
        }
        return this.#surprisalLimit;
    }

    get tint() {
        if (this.color === "sentiment") return this.palette.divergingTint;
        if (this.color === "surprisal") return this.palette.surprisalTint;
        return this.session.isGate(this.vector)
            ? this.palette.sequentialTint : this.palette.divergingTint;
    }

    /// The same for small areas without text.
    get strongRamp() {
        if (this.color === "surprisal") return this.palette.surprisalTint;
        const isGate = this.color === "unit" && this.session.isGate(this.vector);
        return isGate ? this.palette.sequential : this.palette.diverging;
    }

    /// The numbers at the ends of the colours.
    get limits() {
        if (this.color === "sentiment") return [-1, 1];
        if (this.color === "surprisal") return [0, this.surprisalLimit];
        if (this.session.isGate(this.vector)) return [0, 1];
        const range = this.session.range(this.active?.layer ?? this.layer, this.vector);
        return [-range, range];
    }

    /// A function from token to colour.
    colorer() {
        const { session, tint, color, active, vector } = this;
        const [low, high] = this.limits;
        const value = color === "sentiment" ? (token) => session.score[token]
            : color === "surprisal" ? (token) => session.surprisal[token]
            : active ? (token) => session.value(active.layer, vector, active.slot, token)
            : () => NaN;
        return (token) => tint.color((value(token) - low) / (high - low));
    }

    // MARK: The plots' window

    /// Zooms so that the token at `x` pixels stays where it is.
    zoom(factor, x, width) {
        const scale = clamp(this.scale * factor, Math.min(1, width / this.session.count), 48);
        const token = this.start + x / this.scale;
        this.setWindow(token - x / scale, scale, width);
    }

    setWindow(start, scale, width) {
        const last = Math.max(0, this.session.count - width / scale);
        this.set({ start: clamp(start, 0, last), scale });
    }
}
