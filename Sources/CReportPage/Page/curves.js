"use strict";

// Sentiment, surprisal and the selected units over the tokens, one lane each.

class Curves {
    constructor(view) {
        this.view = view;
        this.session = view.session;
        this.canvas = new Canvas("curves");
    }

    draw() {
        const { canvas, view, session } = this;
        const { width, height } = canvas.fit();
        const context = canvas.context;
        context.fillStyle = canvas.color("panel");
        context.fillRect(0, 0, width, height);
        this.right = width;
        this.#drawSelection(context, height);
        const lanes = [];
        if (session.model.hasSentiment) lanes.push((y, h) => this.#drawSentiment(y, h));
        if (session.top > 0) lanes.push((y, h) => this.#drawSurprisal(y, h));
        if (view.units.length > 0) lanes.push((y, h) => this.#drawUnits(y, h));
        const gap = 8;
        const each = (height - 8 - gap * (lanes.length - 1)) / Math.max(1, lanes.length);
        this.#drawMarks(context, height);
        lanes.forEach((lane, i) => lane(4 + i * (each + gap), each));
        context.fillStyle = canvas.color("panel");
        context.fillRect(0, 0, 1, height);
    }

    x(token) {
        return gutter + (token - this.view.start) * this.view.scale;
    }

    // The tokens of each pixel column, or each token if it is wider than a pixel.
    #columns() {
        const { view, session } = this;
        const step = Math.max(1, 1 / view.scale);
        const columns = [];
        const first = Math.floor(view.start / step) * step;
        for (let from = Math.max(0, first); from < session.count; from += step) {
            const x = this.x(from);
            if (x > this.right) break;
            const start = Math.floor(from);
            columns.push({ x, start, end: Math.max(start + 1, Math.floor(from + step)) });
        }
        return columns;
    }

    #labels(name, y, height, ticks) {
        const { canvas } = this;
        const context = canvas.context;
        context.fillStyle = canvas.color("panel");
        context.fillRect(0, y - 4, gutter - 1, height + 8);
        context.textAlign = "right";
        context.textBaseline = "middle";
        canvas.font(10);
        context.fillStyle = canvas.color("muted");
        for (const [text, part] of ticks) {
            const at = clamp(y + height * (1 - part), y + 5, y + height - 5);
            context.fillText(text, gutter - 8, at);
        }
        canvas.font(10, 600);
        context.save();
        context.translate(9, y + height / 2);
        context.rotate(-Math.PI / 2);
        context.textAlign = "center";
        const shown = height >= 50 || name.length < 8 ? name : `${name.slice(0, 4)}.`;
        if (height >= 24) context.fillText(shown, 0, 0);
        context.restore();
    }

    #clip(y, height, body) {
        const { context } = this.canvas;
        context.save();
        context.beginPath();
        context.rect(gutter, y, this.right - gutter, height);
        context.clip();
        body(context);
        context.restore();
    }

    #drawSentiment(y, height) {
        const { canvas, session, view } = this;
        const middle = y + height / 2;
        this.#clip(y, height, (context) => {
            const width = Math.max(1, view.scale);
            for (const { x, start, end } of this.#columns()) {
                const mean = meanOf(session.score, start, end);
                if (Number.isNaN(mean)) continue;
                const tall = Math.abs(mean) * height / 2;
                context.fillStyle = view.palette.diverging.color(0.5 + 0.42 * Math.sign(mean));
                context.fillRect(x, mean > 0 ? middle - tall : middle, width + 0.3, Math.max(1, tall));
            }
            context.fillStyle = canvas.color("line");
            context.fillRect(gutter, middle - 0.5, this.right, 1);
        });
        const ticks = [["+1", 1], ["\u22121", 0]];
        if (height > 44) ticks.push(["0", 0.5]);
        this.#labels("sentiment", y, height, ticks);
        this.#drawMessageScores(y, height);
    }

    #drawMessageScores(y, height) {
        const { canvas, session } = this;
        this.#clip(y - 3, height + 6, (context) => {
            for (const mark of session.marks) {
                if (mark.score === undefined) continue;
                const x = this.x(mark.position);
                if (x < gutter - 5 || x > this.right + 5) continue;
                context.beginPath();
                context.arc(x, y + height * (1 - mark.score) / 2, 3, 0, 7);
                context.fillStyle = canvas.color("ink");
                context.fill();
                context.lineWidth = 1.5;
                context.strokeStyle = canvas.color("panel");
                context.stroke();
            }
        });
    }

    // When zoomed out, a column's height is its most surprising token; it is filled up to the mean.
    #drawSurprisal(y, height) {
        const { session, view } = this;
        const limit = view.surprisalLimit;
        this.#clip(y, height, (context) => {
            const width = view.scale > 3 ? view.scale - 1 : Math.max(1, view.scale);
            for (const { x, start, end } of this.#columns()) {
                let most = 0;
                for (let t = start; t < end && t < session.count; t++) {
                    if (session.surprisal[t] > most) most = session.surprisal[t];
                }
                const mean = end - start > 1 ? meanOf(session.surprisal, start, end) : most;
                context.fillStyle = view.palette.surprisalTint.color(0.55);
                this.#bar(context, x, y, width, height, most / limit);
                context.fillStyle = this.canvas.color("surprisal");
                this.#bar(context, x, y, width, height, mean / limit);
            }
        });
        this.#labels("surprisal", y, height, [[`${limit} bit`, 1], ["0", 0]]);
    }

    #bar(context, x, y, width, height, part) {
        const tall = height * clamp(part, 0, 1);
        if (tall > 0) context.fillRect(x, y + height - tall, width, tall);
    }

    #drawUnits(y, height) {
        const { canvas, session, view } = this;
        const isGate = session.isGate(view.vector);
        const low = isGate ? 0 : -1;
        const at = (part) => y + height * (1 - (part - low) / (1 - low));
        this.#clip(y - 1, height + 2, (context) => {
            context.fillStyle = canvas.color("line");
            for (const part of view.threshold > 0 ? this.#thresholds() : []) {
                for (let x = gutter; x < this.right; x += 6) context.fillRect(x, at(part), 3, 1);
            }
            view.units.forEach((unit, i) => {
                context.strokeStyle = view.unitColor(i);
                context.lineWidth = unit === view.active ? 2 : 1.2;
                this.#line(context, unit, at);
            });
        });
        const range = session.range(view.layer, view.vector);
        const number = (value) => (isGate || range === 1 ? signedShort(value) : value.toPrecision(2));
        this.#labels(
            view.vector, y, height,
            [[number(range), 1], [isGate ? "0" : number(-range), 0]]);
    }

    #thresholds() {
        const { threshold } = this.view;
        return this.session.isGate(this.view.vector)
            ? [(1 + threshold) / 2, (1 - threshold) / 2] : [threshold, -threshold];
    }

    #line(context, unit, at) {
        const { session, view } = this;
        const range = session.range(unit.layer, view.vector);
        context.beginPath();
        for (const { x, start, end } of this.#columns()) {
            let low = Infinity, high = -Infinity;
            session.eachValue(
                unit.layer, view.vector, unit.slot, start, Math.min(end, session.count),
                (_, value) => {
                    if (value < low) low = value;
                    if (value > high) high = value;
                });
            if (low > high) continue;
            const middle = x + Math.max(1, view.scale) / 2;
            context.lineTo(middle, at(low / range));
            if (high > low) context.lineTo(middle, at(high / range));
        }
        context.stroke();
    }

    #drawSelection(context, height) {
        const { view } = this;
        context.fillStyle = this.canvas.color("selection");
        if (view.selection) {
            const { start, end } = view.selection;
            context.fillRect(this.x(start), 0, (end - start) * view.scale, height);
        }
        context.fillStyle = this.canvas.color("match");
        for (const { start, end } of view.matches ?? []) {
            if (this.x(end) < gutter) continue;
            if (this.x(start) > this.right) break;
            context.fillRect(
                this.x(start), height - 3, Math.max(2, (end - start) * view.scale), 3);
        }
    }

    #drawMarks(context, height) {
        const { canvas, session, view } = this;
        for (const mark of session.marks) {
            const x = Math.round(this.x(mark.position));
            if (x < gutter || x > this.right) continue;
            const isMessage = mark.kind === "message";
            if (isMessage && view.scale < 0.3) continue;
            context.fillStyle = canvas.color(isMessage ? "line" : "accent");
            if (isMessage) this.#dashes(context, x, height);
            else context.fillRect(x - 1, 0, 2, height);
        }
    }

    #dashes(context, x, height) {
        for (let y = 0; y < height; y += 5) context.fillRect(x, y, 1, 3);
    }
}

function signedShort(value) {
    return value === 1 ? "1" : value === -1 ? "\u22121" : value === 0 ? "0" : signed(value, 1);
}
