"use strict";

// The whole session in one strip, in the colours of the text, with the results of the searches.

class Overview {
    constructor(view) {
        this.view = view;
        this.session = view.session;
        this.canvas = new Canvas("overview");
        this.window = document.getElementById("overview-window");
        this.inSight = document.getElementById("overview-text");
        this.highlights = [];
    }

    draw() {
        const { canvas, session, view } = this;
        const { width, height } = canvas.fit();
        const context = canvas.context;
        context.fillStyle = canvas.color("panel");
        context.fillRect(0, 0, width, height);
        this.#drawScores(context, width - gutter, height);
        this.#drawMarks(context, width - gutter, height);
        this.#drawRanges(context, view.matches ?? [], canvas.color("match"), width - gutter, 0);
        this.#drawRanges(context, this.highlights, canvas.color("hit"), width - gutter, height - 5);
        canvas.font(10.5);
        context.fillStyle = canvas.color("muted");
        context.textBaseline = "middle";
        context.textAlign = "right";
        context.fillText(session.count.toLocaleString("en"), gutter - 8, height / 2);
    }

    #drawScores(context, width, height) {
        const { view } = this;
        const { count } = this.session;
        const [low, high] = view.limits;
        const values = this.#values;
        for (let x = 0; x < width; x++) {
            const mean = meanOf(values, (x / width) * count, ((x + 1) / width) * count);
            context.fillStyle = view.strongRamp.color((mean - low) / (high - low));
            context.fillRect(gutter + x, 5, 1, height - 10);
        }
    }

    // The value that colours the text, for all tokens.
    get #values() {
        const { session, view } = this;
        if (view.color === "sentiment") return session.score;
        if (view.color === "surprisal") return session.surprisal;
        const { layer, slot } = view.active ?? { layer: 0, slot: 0 };
        const key = `${layer}.${view.vector}.${slot}`;
        if (this.key !== key) {
            this.key = key;
            this.values = new Float32Array(session.count);
            session.eachValue(layer, view.vector, slot, 0, session.count, (token, value) => {
                this.values[token] = value;
            });
        }
        return this.values;
    }

    #drawMarks(context, width, height) {
        context.fillStyle = this.canvas.color("accent");
        for (const mark of this.session.marks) {
            if (mark.kind === "message") continue;
            context.fillRect(gutter + (mark.position / this.session.count) * width, 0, 1.5, height);
        }
    }

    #drawRanges(context, ranges, color, width, y) {
        context.fillStyle = color;
        let last = -2;
        for (const { start, end } of ranges) {
            const x = Math.floor((start / this.session.count) * width);
            if (x < last) continue;
            const right = Math.max(x + 2, Math.ceil((end / this.session.count) * width));
            context.fillRect(gutter + x, y, right - x, 5);
            last = right;
        }
    }

    /// Marks the plots' window and the visible text.
    place(visible) {
        const { view, session } = this;
        const width = this.canvas.element.clientWidth - gutter;
        const at = (token) => (clamp(token, 0, session.count) / session.count) * width;
        const put = (element, from, to) => {
            element.style.transform = `translateX(${gutter + at(from)}px)`;
            element.style.width = `${Math.max(3, at(to) - at(from))}px`;
        };
        put(this.window, view.start, view.start + width / view.scale);
        put(this.inSight, visible.start, visible.end);
    }
}

function meanOf(values, from, to) {
    let sum = 0, count = 0;
    const last = Math.max(Math.floor(from) + 1, Math.floor(to));
    for (let i = Math.floor(from); i < last && i < values.length; i++) {
        if (Number.isNaN(values[i])) continue;
        sum += values[i];
        count += 1;
    }
    return count > 0 ? sum / count : NaN;
}
