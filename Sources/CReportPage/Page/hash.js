"use strict";

// Keeps the token and the view in the address, so that it can be bookmarked and shared.

class Hash {
    constructor(view) {
        this.view = view;
        this.timer = 0;
        this.read();
        view.listen((changed) => {
            if (changed.size > 1 || !changed.has("hover")) this.#writeSoon();
        });
        window.addEventListener("hashchange", () => this.read());
    }

    get #text() {
        const view = this.view;
        const parts = { t: view.cursor, l: view.layer, v: view.vector, by: view.color };
        if (view.anchor >= 0) parts.from = view.anchor;
        if (view.units.length > 0) {
            parts.u = view.units.map(
                ({ layer, slot }) => `${layer}.${view.session.layers[layer].units[slot]}`).join(",");
        }
        if (view.active) parts.a = view.units.indexOf(view.active);
        if (view.order !== "activity") parts.o = view.order;
        if (view.shading) parts.s = view.shading;
        parts.x = Math.round(view.start);
        parts.z = Number(view.scale.toPrecision(4));
        return "#" + Object.entries(parts).map(([key, value]) => `${key}=${value}`).join("&");
    }

    // Browsers limit how often a page may change its address.
    #writeSoon() {
        if (this.timer) return;
        this.timer = setTimeout(() => {
            this.timer = 0;
            this.write();
        }, 250);
    }

    write() {
        this.written = this.#text;
        try {
            history.replaceState(null, "", this.written);
        } catch {
            // A page from a file may not change its address; failure is ignored.
        }
    }

    read() {
        if (location.hash === this.written || location.hash.length < 2) return;
        const parts = new URLSearchParams(location.hash.slice(1));
        const { view } = this;
        const session = view.session;
        const number = (key, low, high, otherwise) => {
            const value = Number(parts.get(key) ?? NaN);
            return value >= low && value <= high ? value : otherwise;
        };
        const index = (key, count, otherwise) =>
            Math.floor(number(key, 0, count - 1, otherwise));
        const layer = index("l", session.layers.length, view.layer);
        const units = this.#units(parts.get("u") ?? "");
        const color = ["sentiment", "surprisal", "unit"].find((name) => name === parts.get("by"));
        view.set({
            cursor: index("t", session.count, view.cursor),
            anchor: index("from", session.count, -1),
            layer: session.hasUnits(layer) ? layer : view.layer,
            vector: session.vectors.find((name) => name === parts.get("v")) ?? view.vector,
            units,
            active: units[index("a", units.length, units.length - 1)] ?? null,
            color: color === "unit" && units.length === 0 ? view.defaultColor : color ?? view.color,
            order: ["number", "sentiment"].find((name) => name === parts.get("o")) ?? "activity",
            shading: ["value", "own"].find((name) => name === parts.get("s")) ?? null,
            start: number("x", 0, session.count - 1, view.start),
            scale: number("z", 1e-3, 48, view.scale),
        });
    }

    #units(text) {
        const { layers } = this.view.session;
        return text.split(",").flatMap((part) => {
            if (!/^\d+\.\d+$/.test(part)) return [];
            const [layer, unit] = part.split(".").map(Number);
            const slot = layers[layer]?.units.indexOf(unit) ?? -1;
            return slot >= 0 ? [{ layer, slot }] : [];
        });
    }
}
