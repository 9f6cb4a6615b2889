"use strict";

// The token under the pointer, or at the cursor: its text, the predictions after it, and its
// strongest units.

class Details {
    static strongest = 8;

    constructor(view, glyphs) {
        this.view = view;
        this.session = view.session;
        this.glyphs = glyphs;
        this.element = document.getElementById("details");
        this.live = document.getElementById("live");
        view.listen((changed) => {
            const keys = ["cursor", "hover", "layer", "vector", "units", "active", "theme", "anchor"];
            if (keys.some((key) => changed.has(key))) this.#drawSoon();
            if (changed.has("cursor")) this.#announce();
        });
        this.draw();
    }

    // Draws once for many moves of the pointer.
    #drawSoon() {
        this.request ??= requestAnimationFrame(() => {
            this.request = undefined;
            this.draw();
        });
    }

    draw() {
        const { token } = this.view;
        const parts = [this.#token(token), this.#candidates(token), this.#units(token)];
        this.element.replaceChildren(...parts);
    }

    // MARK: The token

    #token(token) {
        const section = make("section", { className: "token" });
        const title = make("h2", {}, this.view.hover >= 0 ? "Under the pointer" : "At the cursor");
        const glyph = make("div", { className: "glyph" });
        this.glyphs.fill(glyph, this.glyphs.pieces(token), false);
        const list = make("dl");
        for (const [name, ...value] of this.#facts(token)) {
            list.append(make("dt", {}, name), make("dd", {}, ...value));
        }
        section.append(title, glyph, list);
        return section;
    }

    #facts(token) {
        const { session, view } = this;
        const start = session.offsets[token];
        const end = start + session.tokenBytes(token).length;
        const facts = [
            ["token", `${token.toLocaleString("en")} of ${session.count.toLocaleString("en")}, id ${session.ids[token]}`],
            ["bytes", `${start.toLocaleString("en")}\u2013${end.toLocaleString("en")}`],
            ["message", this.#place(token)],
        ];
        if (session.top > 0) facts.push(["surprisal", ...this.#surprisal(token)]);
        if (session.model.hasSentiment) facts.push(["sentiment", ...this.#sentiment(token)]);
        const selection = view.selection;
        if (selection) {
            facts.push(["selected", `${selection.end - selection.start} tokens, `
                + `${selection.start}\u2013${selection.end - 1}`]);
        }
        return facts;
    }

    #place(token) {
        const { session } = this;
        const message = `${session.message(token)}`;
        return session.epochs[session.count - 1] > 0 || session.epochs[token] > 0
            ? `${message}, epoch ${session.epochs[token]}` : message;
    }

    #surprisal(token) {
        const bits = this.session.surprisal[token];
        if (Number.isNaN(bits)) return ["no prediction before it"];
        const part = bits / this.view.surprisalLimit;
        return [`${bits.toFixed(2)} bit`, bar(0, part, this.view.palette.surprisalTint.color(1))];
    }

    #sentiment(token) {
        const score = this.session.score[token];
        if (Number.isNaN(score)) return ["none"];
        return [signed(score), divergingBar(score, this.view.palette)];
    }

    // MARK: Candidates

    #candidates(token) {
        const section = make("section", { className: "candidates" });
        if (this.session.top === 0) return section;
        section.append(make("h2", {}, "Expected next"));
        const candidates = this.session.candidates(token);
        const next = this.#follows(token) ? this.session.ids[token + 1] : -1;
        const table = make("table");
        for (const candidate of candidates) {
            table.append(this.#candidateRow(candidate, candidate.id === next));
        }
        section.append(candidates.length > 0 ? table : make("p", {}, "Nothing: the logits were not finite."));
        if (next >= 0) section.append(this.#came(token, candidates, next));
        return section;
    }

    // Whether the next token was read from the state that these candidates belong to.
    #follows(token) {
        const { session } = this;
        return token + 1 < session.count && !session.isMarked(token + 1);
    }

    #candidateRow(candidate, came) {
        const label = this.glyphs.label(this.glyphs.piecesOfBytes(candidate.bytes));
        const row = make("tr", { className: came ? "came" : "" });
        const percent = 100 * candidate.probability;
        const text = percent >= 0.095 ? percent.toFixed(1) : percent.toPrecision(1);
        row.append(
            make("th", { scope: "row" }, make("bdi", {}, label)),
            make("td", {}, bar(0, candidate.probability, "var(--bar)")),
            make("td", { className: "number" }, `${text}%`));
        if (came) row.title = "this one came";
        return row;
    }

    #came(token, candidates, next) {
        const rank = candidates.findIndex((candidate) => candidate.id === next);
        const label = this.glyphs.label(this.glyphs.pieces(token + 1));
        const bits = this.session.surprisal[token + 1];
        const note = make("p", { className: "note" }, "came ", make("bdi", {}, label));
        const place = rank >= 0 ? `number ${rank + 1}` : "not among them";
        note.append(` \u00b7 ${place}${Number.isNaN(bits) ? "" : ` \u00b7 ${bits.toFixed(1)} bit`}`);
        return note;
    }

    // MARK: Units

    // Both ends of a gate's range matter: open units and closed units.
    #addGates(section, name, values) {
        values.sort((a, b) => b.value - a.value);
        const half = Math.min(Details.strongest / 2, Math.ceil(values.length / 2));
        const open = values.slice(0, half);
        const closed = values.slice(half).slice(-half).reverse();
        const count = (isSo) => values.filter(({ value }) => isSo(value)).length;
        section.append(
            make("h2", {}, "Most open units of ", name), this.#list(open),
            make("h2", {}, "Most closed"), this.#list(closed),
            make("p", { className: "note" },
                `${count((value) => value > 0.9)} of ${values.length} are open (above 0.9), `
                    + `${count((value) => value < 0.1)} closed (below 0.1)`));
    }

    #addStrongest(section, name, values) {
        values.sort((a, b) => Math.abs(b.value) - Math.abs(a.value));
        const strongest = values.slice(0, Details.strongest).filter(({ value }) => value !== 0);
        section.append(make("h2", {}, "Strongest units of ", name));
        section.append(strongest.length > 0 ? this.#list(strongest)
            : make("p", { className: "note" }, "All of its units are 0 here."));
    }

    #list(values) {
        const list = make("div", { className: "unit-list" });
        for (const { slot, value } of values) list.append(this.#unit(slot, value));
        return list;
    }

    #units(token) {
        const { view, session } = this;
        const { layer, vector } = view;
        const section = make("section", { className: "units" });
        const values = session.layers[layer].units.map(
            (_, slot) => ({ slot, value: session.value(layer, vector, slot, token) }));
        const name = make("b", {}, `${vector}${layer}`);
        if (session.isGate(vector)) this.#addGates(section, name, values);
        else this.#addStrongest(section, name, values);
        return section;
    }

    #unit(slot, value) {
        const { view, session } = this;
        const isChosen = view.indexOf(view.layer, slot) >= 0;
        const button = make("button", {
            type: "button", className: "unit", ariaPressed: String(isChosen),
            title: isChosen ? "deselect this unit" : "select this unit",
        });
        const scaled = value / view.range;
        button.append(
            make("span", {}, session.layers[view.layer].units[slot]),
            session.isGate(view.vector)
                ? bar(0, scaled, view.palette.sequential.color(0.6))
                : divergingBar(scaled, view.palette),
            make("span", { className: "number" }, numberText(value, session.isGate(view.vector))));
        button.addEventListener("click", () => view.toggleUnit(view.layer, slot));
        return button;
    }

    // For screen readers.
    #announce() {
        const { session, view } = this;
        const token = view.cursor;
        const bits = session.surprisal[token];
        const parts = [this.glyphs.label(this.glyphs.pieces(token)), `token ${token}`];
        if (!Number.isNaN(bits)) parts.push(`surprisal ${bits.toFixed(1)} bits`);
        if (!Number.isNaN(session.score[token])) {
            parts.push(`sentiment ${signed(session.score[token])}`);
        }
        this.live.textContent = parts.join(", ");
    }
}

// MARK: Elements

function make(name, properties = {}, ...children) {
    const element = document.createElement(name);
    Object.assign(element, properties);
    element.append(...children.map((child) => (child instanceof Node ? child : String(child))));
    return element;
}

function bar(from, to, color) {
    const [low, high] = [clamp(Math.min(from, to), 0, 1), clamp(Math.max(from, to), 0, 1)];
    const fill = make("i");
    fill.style.left = `${100 * low}%`;
    fill.style.width = `${100 * (high - low)}%`;
    fill.style.background = color;
    return make("span", { className: "bar", ariaHidden: "true" }, fill);
}

function divergingBar(value, palette) {
    if (Number.isNaN(value)) return bar(0, 0, "none");
    const color = palette.diverging.color(value < 0 ? 0.18 : 0.82);
    const element = bar(0.5, 0.5 + clamp(value, -1, 1) / 2, color);
    element.classList.add("diverging");
    return element;
}
