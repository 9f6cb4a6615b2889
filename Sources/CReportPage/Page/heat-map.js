"use strict";

// One vector of one layer, tokens from left to right, units from top to bottom. Drawn from tiles of
// 512 columns; on level k a column is the mean of 2^k tokens.

class HeatMap {
    static tileColumns = 512;
    static mostTiles = 160;
    static lowestRow = 3;
    static deviations = 2;   // limit of the colours where a unit is compared with its own mean

    constructor(view) {
        this.view = view;
        this.session = view.session;
        this.canvas = new Canvas("heat-map");
        this.rowLine = document.getElementById("row-line");
        this.readout = document.getElementById("readout");
        this.tiles = new Map();   // in the order of their last use
        this.firstRow = 0;
        this.rowHeight = 8;
        view.listen((changed) => {
            if (["theme", "order", "shading"].some((key) => changed.has(key))) this.tiles.clear();
            if (["cursor", "hover", "layer", "vector"].some((key) => changed.has(key))) this.#tell();
        });
    }

    // MARK: Rows

    /// Places of the kept units, from top to bottom.
    get rows() {
        const { layer, order } = this.view;
        const key = `${layer}.${order}`;
        if (this.rowsKey === key) return this.sortedRows;
        const slots = this.session.layers[layer].units.map((_, slot) => slot);
        if (order !== "number") {
            const statistics = this.session.statistics(layer);
            const rank = order === "activity" ? (s) => statistics[s].variance
                : (s) => statistics[s].correlation;
            slots.sort((a, b) => rank(b) - rank(a) || a - b);
        }
        this.rowsKey = key;
        this.sortedRows = slots;
        return slots;
    }

    scrollTo(row) {
        const shown = this.canvas.element.clientHeight / this.rowHeight;
        this.firstRow = clamp(row, 0, Math.max(0, this.rows.length - shown));
    }

    slotAt(y) {
        const row = Math.floor(this.firstRow + y / this.rowHeight);
        return this.rows[row] ?? -1;
    }

    // MARK: Drawing

    draw() {
        const { canvas, view } = this;
        const { width, height } = canvas.fit();
        const context = canvas.context;
        this.rowHeight = Math.max(HeatMap.lowestRow, height / this.rows.length);
        this.scrollTo(this.firstRow);
        context.fillStyle = canvas.color("panel");
        context.fillRect(0, 0, width, height);
        const level = Math.max(0, Math.floor(Math.log2(1 / view.scale) + 1e-9));
        const tokens = HeatMap.tileColumns * 2 ** level;
        const last = Math.min(this.session.count, view.start + (width - gutter) / view.scale);
        for (let tile = Math.floor(view.start / tokens); tile * tokens < last; tile++) {
            this.#drawTile(context, level, tile, height);
        }
        context.fillStyle = canvas.color("panel");
        context.fillRect(0, 0, gutter, height);
        this.#drawNames(context, height);
        this.#drawChosen(context, width, height);
        this.#drawThumb(context, width, height);
    }

    // The visible rows, if not all are.
    #drawThumb(context, width, height) {
        const all = this.rows.length * this.rowHeight;
        if (all <= height + 1) return;
        context.fillStyle = this.canvas.color("panel");
        context.fillRect(width - 8, 0, 8, height);
        context.fillStyle = this.canvas.color("bar");
        const top = (this.firstRow * this.rowHeight / all) * height;
        context.fillRect(width - 6, top + 1, 4, height * height / all - 2);
    }

    #drawTile(context, level, number, height) {
        const { view } = this;
        const tile = this.#tile(level, number);
        const first = number * HeatMap.tileColumns * 2 ** level;
        const column = view.scale * 2 ** level;
        const rows = Math.min(this.rows.length - this.firstRow, height / this.rowHeight);
        context.imageSmoothingEnabled = column < 1;
        context.drawImage(
            tile, 0, this.firstRow, tile.width, rows,
            gutter + (first - view.start) * view.scale, 0, tile.width * column,
            rows * this.rowHeight);
    }

    #tile(level, number) {
        const { layer, vector } = this.view;
        const key = `${layer}.${vector}.${level}.${number}`;
        let tile = this.tiles.get(key);
        if (tile) this.tiles.delete(key);
        else tile = this.#make(level, number);
        this.tiles.set(key, tile);
        if (this.tiles.size > HeatMap.mostTiles) this.tiles.delete(this.tiles.keys().next().value);
        return tile;
    }

    #make(level, number) {
        const { session, rows, view } = this;
        const perColumn = 2 ** level;
        const first = number * HeatMap.tileColumns * perColumn;
        const end = Math.min(session.count, first + HeatMap.tileColumns * perColumn);
        const columns = Math.ceil((end - first) / perColumn);
        const tile = new OffscreenCanvas(columns, rows.length);
        const context = tile.getContext("2d");
        const image = context.createImageData(columns, rows.length);
        const pixels = new Uint32Array(image.data.buffer);
        const sums = new Float32Array(columns);
        rows.forEach((slot, row) => {
            sums.fill(0);
            session.eachValue(view.layer, view.vector, slot, first, end, (token, value) => {
                sums[(token - first) >> level] += value;
            });
            this.#paint(pixels, row * columns, sums, end - first, perColumn, slot);
        });
        context.putImageData(image, 0, 0);
        return tile;
    }

    #paint(pixels, at, sums, tokens, perColumn, slot) {
        const { ramp, low, high } = this.#colors(slot);
        for (let column = 0; column < sums.length; column++) {
            const count = Math.min(perColumn, tokens - column * perColumn);
            const part = (sums[column] / count - low) / (high - low);
            pixels[at + column] = Number.isNaN(part) ? 0xff808080 : ramp.pixels[ramp.step(part)];
        }
    }

    // The colours of a unit, and the values that they begin and end at.
    #colors(slot) {
        const { session, view } = this;
        if (view.comparesOwn) {
            const { mean, deviation } = session.spread(view.layer, view.vector, slot);
            const reach = HeatMap.deviations * deviation;
            return { ramp: view.palette.diverging, low: mean - reach, high: mean + reach };
        }
        if (session.isGate(view.vector)) return { ramp: view.palette.sequential, low: 0, high: 1 };
        const range = session.range(view.layer, view.vector);
        return { ramp: view.palette.diverging, low: -range, high: range };
    }

    // Numbers of units, where they fit.
    #drawNames(context, height) {
        const { canvas, session, view } = this;
        const units = session.layers[view.layer].units;
        canvas.font(9.5);
        context.textAlign = "right";
        context.textBaseline = "middle";
        const every = Math.max(1, Math.ceil(11 / this.rowHeight));
        context.fillStyle = canvas.color("muted");
        const first = Math.ceil(this.firstRow / every) * every;
        for (let row = first; row < this.rows.length; row += every) {
            const y = (row - this.firstRow + 0.5) * this.rowHeight;
            if (y > height - 4) break;
            if (y >= 4) context.fillText(units[this.rows[row]], gutter - 8, y);
        }
    }

    #drawChosen(context, width, height) {
        const { canvas, view, session } = this;
        view.units.forEach((unit, i) => {
            if (unit.layer !== view.layer) return;
            const y = (this.rows.indexOf(unit.slot) - this.firstRow) * this.rowHeight;
            if (y + this.rowHeight < 0 || y > height) return;
            context.strokeStyle = view.unitColor(i);
            context.lineWidth = 2;
            context.strokeRect(gutter + 1, y - 1, width - gutter - 2, this.rowHeight + 2);
            const label = String(session.layers[view.layer].units[unit.slot]);
            canvas.font(10.5, 700);
            const middle = clamp(y + this.rowHeight / 2, 7, height - 7);
            context.fillStyle = view.unitColor(i);
            context.fillRect(4, middle - 7, gutter - 8, 14);
            context.fillStyle = canvas.color("panel");
            context.fillText(label, gutter - 8, middle + 0.5);
        });
    }

    // MARK: Pointer

    point(y) {
        this.pointed = y >= 0 ? this.slotAt(y) : -1;
        const isIn = this.pointed >= 0;
        // The pointer is elsewhere.
        this.readout.className = y < 34 ? "low" : "";
        this.rowLine.style.display = isIn ? "block" : "none";
        if (isIn) {
            const row = this.rows.indexOf(this.pointed);
            this.rowLine.style.transform =
                `translateY(${(row - this.firstRow) * this.rowHeight}px)`;
            this.rowLine.style.height = `${this.rowHeight}px`;
        }
        this.#tell();
    }

    #tell() {
        const { view, session } = this;
        if (!(this.pointed >= 0)) {
            this.readout.textContent = "";
            return;
        }
        const value = session.value(view.layer, view.vector, this.pointed, view.token);
        const name = view.nameOf({ layer: view.layer, slot: this.pointed });
        this.readout.textContent = `${name} = ${numberText(value, session.isGate(view.vector))} at token ${view.token}`;
    }
}

function numberText(value, isGate) {
    if (Number.isNaN(value)) return "not finite";
    if (isGate) return value < 0.005 ? "<0.01" : value > 0.995 ? ">0.99" : value.toFixed(2);
    // Small numbers are not shown as 0.
    const amount = Math.abs(value);
    if (amount > 0 && amount < 0.005) {
        return `${value < 0 ? "\u2212" : "+"}${amount.toExponential(0)}`;
    }
    return Math.abs(value) >= 100 ? signed(value, 0) : signed(value, 2);
}
