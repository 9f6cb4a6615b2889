"use strict";

// Finds spans where the selected units behave as they do at the cursor or in the selected tokens, after
// LSTMVis (Strobelt et al. 2018). The threshold makes a unit high, low or quiet. A span is a run of
// tokens at which all selected units match the pattern.

class Match {
    static page = 60;
    static context = 7;
    static mostPicked = 8;

    constructor(view, glyphs) {
        this.view = view;
        this.session = view.session;
        this.glyphs = glyphs;
        this.chips = document.getElementById("chosen");
        this.list = document.getElementById("matches");
        this.summary = document.getElementById("match-summary");
        this.threshold = document.getElementById("threshold");
        this.thresholdText = document.getElementById("threshold-text");
        this.tolerance = document.getElementById("tolerance");
        this.shortest = document.getElementById("shortest");
        this.button = document.getElementById("find");
        this.pick = document.getElementById("pick");
        this.shown = Match.page;
        this.#listen();
        this.draw();
    }

    #listen() {
        const { view } = this;
        this.threshold.addEventListener("input", () => {
            view.set({ threshold: Number(this.threshold.value) / 100 });
            if (view.matches) this.find();
        });
        for (const input of [this.tolerance, this.shortest]) {
            input.addEventListener("change", () => {
                view.set({ tolerance: Number(this.tolerance.value) || 0,
                    shortest: Math.max(1, Number(this.shortest.value) || 1) });
                if (view.matches) this.find();
            });
        }
        this.button.addEventListener("click", () => this.find());
        this.pick.addEventListener("click", () => this.pickUnits());
        view.listen((changed) => {
            const keys = ["units", "active", "vector", "matches", "theme", "threshold", "anchor", "layer"];
            if (keys.some((key) => changed.has(key))) this.draw();
            if (changed.has("vector") && view.matches) this.find();
        });
    }

    // MARK: Finding

    // From -1 to 1: closed to open for a gate. Unbounded values can exceed the range.
    #level(unit, value) {
        const { view, session } = this;
        const range = session.range(unit.layer, view.vector);
        return session.isGate(view.vector) ? 2 * value - 1 : value / range;
    }

    #state(unit, value) {
        const { view } = this;
        const level = this.#level(unit, value);
        return level >= view.threshold ? 1 : level <= -view.threshold ? -1 : 0;
    }

    /// High, low or quiet: the state at most of the selected tokens, or at the cursor.
    #pattern(unit) {
        const { start, end } = this.#reference;
        const counts = [0, 0, 0];
        this.session.eachValue(unit.layer, this.view.vector, unit.slot, start, end, (token, value) => {
            counts[this.#state(unit, value) + 1] += 1;
        });
        return counts.indexOf(Math.max(...counts)) - 1;
    }

    get #reference() {
        const { view } = this;
        return view.selection ?? { start: view.cursor, end: view.cursor + 1 };
    }

    find() {
        const { view, session } = this;
        if (view.units.length === 0) return;
        this.patterns = view.units.map((unit) => this.#pattern(unit));
        const differing = new Uint16Array(session.count);
        view.units.forEach((unit, i) => {
            session.eachValue(unit.layer, view.vector, unit.slot, 0, session.count, (token, value) => {
                if (this.#state(unit, value) !== this.patterns[i]) differing[token] += 1;
            });
        });
        const matches = [];
        for (let token = 0; token < session.count; token++) {
            if (differing[token] > view.tolerance) continue;
            const start = token;
            while (token < session.count && differing[token] <= view.tolerance) token += 1;
            if (token - start >= view.shortest) matches.push({ start, end: token });
        }
        this.shown = Match.page;
        this.current = -1;
        view.set({ matches });
    }

    /// Selects units that are high, or low, at every selected token: those furthest beyond the
    /// threshold, up to the number that can be shown together.
    pickUnits() {
        const { view, session } = this;
        const { start, end } = this.#reference;
        const found = [];
        session.layers[view.layer].units.forEach((_, slot) => {
            const unit = { layer: view.layer, slot };
            let low = Infinity, high = -Infinity;
            session.eachValue(view.layer, view.vector, slot, start, end, (token, value) => {
                const level = this.#level(unit, value);
                low = Math.min(low, level);
                high = Math.max(high, level);
            });
            const least = Math.max(low, -high);
            if (least >= view.threshold && least > 0) found.push({ unit, least });
        });
        if (found.length === 0) {
            this.summary.textContent = "No unit stays beyond the threshold here; lower it.";
            return;
        }
        found.sort((a, b) => b.least - a.least || a.unit.slot - b.unit.slot);
        const units = found.slice(0, Match.mostPicked).map(({ unit }) => unit);
        units.sort((a, b) => a.slot - b.slot);
        this.picked = { units, of: found.length };
        view.set({ units, active: units[0], color: "unit", matches: null });
        this.find();
    }

    // Says how many of the units were selected.
    get #pickedNote() {
        const { picked, view } = this;
        if (picked?.units !== view.units || picked.of === picked.units.length) return "";
        return `The ${picked.units.length} furthest beyond the threshold, of ${picked.of} units. `;
    }

    /// Jumps to the next (1) or previous (-1) span from the cursor.
    jump(step) {
        const matches = this.view.matches ?? [];
        const { cursor } = this.view;
        const found = step > 0 ? matches.find((m) => m.start > cursor)
            : matches.findLast((m) => m.start < cursor);
        if (found) this.view.moveTo(found.start);
    }

    // MARK: Showing

    draw() {
        const { view } = this;
        this.threshold.value = Math.round(100 * view.threshold);
        this.thresholdText.textContent = this.#thresholdName();
        this.button.disabled = view.units.length === 0;
        this.pick.textContent = view.selection ? "Units of the selection" : "Units at the cursor";
        this.chips.replaceChildren(...view.units.map((unit, i) => this.#chip(unit, i)));
        if (view.units.length === 0) this.chips.append(make("p", { className: "note" },
            "Click units in the heat map or the list above, or select the strongest units here."));
        const { matches } = view;
        if (!matches) {
            this.summary.textContent = "";
            this.list.replaceChildren();
            return;
        }
        const tokens = matches.reduce((sum, m) => sum + m.end - m.start, 0);
        this.summary.textContent = this.#pickedNote + (matches.length === 0 ? "No span like this."
            : `${matches.length.toLocaleString("en")} ${matches.length === 1 ? "span" : "spans"}, `
                + `${tokens.toLocaleString("en")} tokens, longest first`);
        const sorted = [...matches].sort((a, b) => b.end - b.start - (a.end - a.start) || a.start - b.start);
        this.list.replaceChildren(...sorted.slice(0, this.shown).map((m) => this.#row(m)));
        if (sorted.length > this.shown) this.list.append(this.#more());
    }

    #thresholdName() {
        const { view, session } = this;
        if (session.isGate(view.vector)) {
            const open = (1 + view.threshold) / 2;
            return `open from ${open.toFixed(2)}, closed up to ${(1 - open).toFixed(2)}`;
        }
        return `\u00b1${(view.threshold * view.range).toFixed(2)}`;
    }

    #chip(unit, i) {
        const { view } = this;
        const chip = make("span", { className: unit === view.active ? "chosen active" : "chosen" });
        chip.style.borderColor = view.unitColor(i);
        const pattern = view.matches ? { "-1": " low", 0: " quiet", 1: " high" }[this.patterns?.[i]] ?? "" : "";
        const name = make("button", { type: "button", title: "colour the text by this unit" },
            view.nameOf(unit), make("small", {}, pattern));
        name.addEventListener("click", () => view.set({ active: unit, color: "unit" }));
        const remove = make(
            "button", { type: "button", ariaLabel: `deselect ${view.nameOf(unit)}` }, "\u00d7");
        remove.addEventListener("click", () => view.removeUnit(i));
        chip.append(name, remove);
        return chip;
    }

    #row(match) {
        const row = make("button", { type: "button", className: "span" });
        const text = (from, to) => {
            let label = "";
            for (let t = Math.max(0, from); t < Math.min(to, this.session.count); t++) {
                if (t > from && t > 0 && this.session.isMarked(t)) label += " \u2016 ";
                label += this.glyphs.pieces(t).map((piece) => piece.text).join("");
            }
            return label;
        };
        const shownEnd = Math.min(match.end, match.start + 24);
        row.append(
            make("span", { className: "number" }, match.start),
            make("bdi", {},
                text(match.start - Match.context, match.start),
                make("mark", {}, text(match.start, shownEnd) + (shownEnd < match.end ? "\u2026" : "")),
                shownEnd < match.end ? "" : text(match.end, match.end + Match.context)));
        row.title = `tokens ${match.start} to ${match.end - 1}`;
        row.addEventListener("click", () => this.view.moveTo(match.start));
        return row;
    }

    #more() {
        const more = make("button", { type: "button", className: "more" }, "More");
        more.addEventListener("click", () => {
            this.shown += Match.page;
            this.draw();
        });
        return more;
    }
}
