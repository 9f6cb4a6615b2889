"use strict";

// Creates the parts and connects them.

class Report {
    constructor() {
        this.session = new Session();
        this.glyphs = new Glyphs(this.session);
        this.view = new View(this.session);
        this.view.theme = this.#wantedTheme();
        this.#setUpControls();
        this.overview = new Overview(this.view);
        this.curves = new Curves(this.view);
        this.heatMap = new HeatMap(this.view);
        this.#setInitialScale();
        this.text = new TextPane(this.view, this.glyphs);
        this.plots = new Plots(this.view, this.text, this.curves, this.heatMap, this.overview);
        this.details = new Details(this.view, this.glyphs);
        this.match = new Match(this.view, this.glyphs);
        this.search = new Search(this.view, this.glyphs, (hits) => {
            this.text.setHighlights(hits);
            this.overview.highlights = hits;
            this.plots.draw("overview");
        });
        this.keys = new Keys({ ...this, actions: this.#actions() });
        this.view.listen((changed) => this.#changed(changed));
        this.hash = new Hash(this.view);
        this.#applyTheme();
        this.#drawControls();
        this.text.show();
        this.text.reveal(this.view.cursor);
        this.plots.draw();
    }

    // A short session is shown whole.
    #setInitialScale() {
        const width = this.heatMap.canvas.element.clientWidth - gutter;
        this.view.scale = clamp(width / this.session.count, 6, 24);
    }

    // MARK: Controls

    #setUpControls() {
        const { session, view } = this;
        document.getElementById("stream").textContent = session.stream;
        document.getElementById("facts").textContent = this.#facts();
        const colors = ["surprisal", "unit"];
        if (session.model.hasSentiment) colors.unshift("sentiment");
        const offered = colors.filter((name) => name !== "surprisal" || session.top > 0);
        this.#fill("colors", offered, (name) => this.#actions().color(name), (name) => name);
        const layers = [...session.layers.keys()].filter((layer) => session.hasUnits(layer));
        this.#fill("layers", layers, (layer) => view.set({ layer }), (layer) => `layer ${layer}`);
        this.#fill("vectors", session.vectors, (vector) => view.set({ vector }),
            (vector) => gateTitles[vector]);
        const order = document.getElementById("order");
        order.addEventListener("change", () => view.set({ order: order.value }));
        const shading = document.getElementById("shading");
        shading.addEventListener("change", () => view.set({ shading: shading.value }));
        if (!session.model.hasSentiment) order.querySelector("[value=sentiment]").remove();
        const click = (id, action) => document.getElementById(id).addEventListener("click", action);
        click("zoom-in", () => this.plots.zoom(1.5));
        click("zoom-out", () => this.plots.zoom(1 / 1.5));
        click("zoom-fit", () => this.plots.fit());
        click("theme", () => this.#actions().theme());
        click("help", () => this.#actions().help());
        click("help-close", () => document.getElementById("help-dialog").close());
        document.addEventListener("copy", (event) => this.#copy(event));
        matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
            view.set({ theme: this.#wantedTheme() });
        });
        addEventListener("beforeprint", () => this.#preparePrint());
        addEventListener("afterprint", () => this.#finishPrint());
    }

    #facts() {
        const { model, count, messages, layers } = this.session;
        const number = (value, name) =>
            `${value.toLocaleString("en")} ${name}${value === 1 ? "" : "s"}`;
        const kept = Math.max(...layers.map((layer) => layer.units.length));
        const parts = [
            `${model.network}, ${number(model.layers, "layer")} of ${number(model.hiddenSize, "unit")}`,
            number(count, "token"), number(messages, "message"),
            `model ${model.name} ${model.fingerprint.slice(0, 16)}`,
        ];
        if (kept < model.hiddenSize) parts.splice(1, 0, `the ${kept} most active of each shown`);
        return parts.join(" \u00b7 ");
    }

    #fill(id, values, action, title) {
        const group = document.getElementById(id);
        for (const value of values) {
            const button = make("button", { type: "button", title: title(value) }, value);
            button.dataset.value = value;
            button.addEventListener("click", () => action(value));
            group.append(button);
        }
    }

    #drawControls() {
        const { view } = this;
        const press = (id, value) => {
            for (const button of document.getElementById(id).children) {
                button.ariaPressed = String(button.dataset.value === String(value));
            }
        };
        press("colors", view.color);
        press("layers", view.layer);
        press("vectors", view.vector);
        document.getElementById("order").value = view.order;
        const [low, high] = view.limits;
        const number = (value) => (Number.isInteger(value) ? signedShort(value) : signed(value, 1));
        document.getElementById("legend-name").textContent = this.#legendName();
        document.getElementById("legend-low").textContent = view.color === "surprisal" ? "0" : number(low);
        document.getElementById("legend-high").textContent =
            view.color === "surprisal" ? `${high}+` : number(high);
        document.getElementById("legend-ramp").style.background = view.tint.gradient;
        this.#drawMapLegend(number);
        this.heatMap.canvas.element.ariaLabel =
            `Heat map of the ${gateTitles[view.vector]} ${view.vector} of layer ${view.layer}: `
            + "tokens from left to right, units from top to bottom";
    }

    #drawMapLegend(number) {
        const { view } = this;
        const isOwn = view.comparesOwn;
        const isGate = this.session.isGate(view.vector) && !isOwn;
        const ramp = isGate ? view.palette.sequential : view.palette.diverging;
        const ends = isOwn ? [`\u2212${HeatMap.deviations}\u03c3`, `+${HeatMap.deviations}\u03c3`]
            : [isGate ? "0" : number(-view.range), number(view.range)];
        document.getElementById("shading").value = isOwn ? "own" : "value";
        document.getElementById("map-ramp").style.background = ramp.gradient;
        document.getElementById("map-low").textContent = ends[0];
        document.getElementById("map-high").textContent = ends[1];
    }

    #legendName() {
        const { view } = this;
        if (view.color === "sentiment") return "negative to positive";
        if (view.color === "surprisal") return "bits";
        return view.active ? view.nameOf(view.active) : "no unit chosen";
    }

    #changed(changed) {
        if (changed.has("theme")) this.#applyTheme();
        const keys = ["color", "layer", "vector", "active", "order", "shading", "theme", "units"];
        if (keys.some((key) => changed.has(key))) this.#drawControls();
    }

    #actions() {
        const { view, session } = this;
        return {
            color: (name) => (name === "unit" ? view.colorByUnit() : view.set({ color: name })),
            layer: (layer) => { if (session.hasUnits(layer)) view.set({ layer }); },
            vector: (step) => {
                const count = session.vectors.length;
                const now = session.vectors.indexOf(view.vector);
                view.set({ vector: session.vectors[(now + step + count) % count] });
            },
            theme: () => this.#toggleTheme(),
            clear: () => {
                if (view.anchor >= 0) view.set({ anchor: -1 });
                else if (view.matches) view.set({ matches: null });
                else if (view.units.length > 0) {
                    const color = view.color === "unit" ? view.defaultColor : view.color;
                    view.set({ units: [], active: null, color });
                }
            },
            help: () => document.getElementById("help-dialog").showModal(),
        };
    }

    // The selected text, unchanged.
    #copy(event) {
        const selection = this.view.selection;
        if (!selection || ["INPUT", "TEXTAREA"].includes(event.target.tagName)) return;
        const { starts, bytes } = this.session;
        const part = bytes.subarray(starts[selection.start], starts[selection.end]);
        event.clipboardData.setData("text/plain", new TextDecoder().decode(part));
        event.preventDefault();
    }

    // MARK: Light and dark

    #wantedTheme() {
        const stored = this.#storage((storage) => storage.getItem("sluice-theme"));
        if (stored === "light" || stored === "dark") return stored;
        return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
    }

    // A page from a file may have no storage; failure is ignored.
    #storage(body) {
        try {
            return body(localStorage);
        } catch {
            return null;
        }
    }

    #toggleTheme() {
        const theme = this.view.theme === "dark" ? "light" : "dark";
        this.#storage((storage) => storage.setItem("sluice-theme", theme));
        this.view.set({ theme });
    }

    #applyTheme() {
        document.documentElement.dataset.theme = this.view.theme;
    }

    // MARK: Printing

    #preparePrint() {
        this.themeOnScreen = this.view.theme;
        this.view.set({ theme: "light" });
        document.documentElement.classList.add("printing");
        this.text.showAll(5000);
        this.plots.drawNow();
    }

    #finishPrint() {
        document.documentElement.classList.remove("printing");
        this.view.set({ theme: this.themeOnScreen });
        this.text.show();
    }
}

const report = new Report();
