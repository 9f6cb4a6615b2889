"use strict";

// The text. The document contains only the visible blocks and one screen more on both sides. A block has
// whole lines; its height is estimated until it has been shown once.

class TextPane {
    static longestBlock = 1500;
    static margin = 12;       // pixels above the first line and below the last

    constructor(view, glyphs) {
        this.view = view;
        this.session = view.session;
        this.glyphs = glyphs;
        this.element = document.getElementById("text");
        this.pane = document.getElementById("pane");
        this.shown = new Map();   // block -> element
        this.spans = new Map();   // token -> element
        this.highlights = [];     // [{start, end}] of the search, in order
        this.#cut();
        this.#estimate();
        this.element.addEventListener("scroll", () => this.#scrolled());
        this.#listenToPointer();
        new ResizeObserver(() => this.#resized()).observe(this.element);
        view.listen((changed) => this.#changed(changed));
    }

    // MARK: Blocks

    // A block ends with a line, at a mark, or, without either, at a word.
    #cut() {
        const { session } = this;
        this.marks = new Map();   // position -> marks
        for (const mark of session.marks) {
            const there = this.marks.get(mark.position);
            if (there) there.push(mark);
            else this.marks.set(mark.position, [mark]);
        }
        this.blocks = [0];
        for (let token = 1; token < session.count; token++) {
            const length = token - this.blocks[this.blocks.length - 1];
            if (this.marks.has(token) || this.#endsBlock(token - 1, length)) this.blocks.push(token);
        }
    }

    #endsBlock(token, length) {
        const { bytes, starts } = this.session;
        if (length >= TextPane.longestBlock) {
            return bytes[starts[token + 1]] === 0x20 || length >= 2 * TextPane.longestBlock;
        }
        const line = bytes.subarray(starts[token], starts[token + 1]);
        return length >= 12 && line[line.length - 1] === 0x0a;
    }

    blockEnd(block) {
        return block + 1 < this.blocks.length ? this.blocks[block + 1] : this.session.count;
    }

    #estimate() {
        const width = Math.max(200, this.element.clientWidth - 48);
        const { starts } = this.session;
        this.heights = Float64Array.from(this.blocks, (first, block) => {
            const end = this.blockEnd(block);
            const lines = Math.ceil((starts[end] - starts[first]) * 8 / width);
            return 29 * Math.max(1, lines) + (this.marks.has(end) ? 30 : 0);
        });
        this.tops = new Float64Array(this.blocks.length + 1);
        this.tops[0] = TextPane.margin;
        this.#placeFrom(0);
    }

    #placeFrom(block) {
        for (let i = block; i < this.blocks.length; i++) {
            this.tops[i + 1] = this.tops[i] + this.heights[i];
        }
        this.pane.style.height = `${this.tops[this.blocks.length] + TextPane.margin}px`;
    }

    // MARK: Showing

    #scrolled() {
        if (this.frame) return;
        this.frame = requestAnimationFrame(() => {
            this.frame = 0;
            this.show();
            this.onScroll?.();
        });
    }

    // A new width changes the heights; the token at the top stays there.
    #resized() {
        const width = this.element.clientWidth;
        if (width === this.width) return this.show();
        this.width = width;
        const first = this.visible.start;
        this.#clear();
        this.#estimate();
        this.element.scrollTop = first > 0 ? this.tops[lastAtMost(this.blocks, first)] : 0;
        return this.show();
    }

    #clear() {
        for (const block of [...this.shown.keys()]) this.#hide(block);
    }

    /// Shows the visible blocks and one screen more on both sides, and removes the others.
    show() {
        const height = this.element.clientHeight;
        for (let round = 0; round < 4; round++) {
            const top = this.element.scrollTop;
            const first = lastAtMost(this.tops, Math.max(0, top - height / 2));
            const last = Math.min(this.blocks.length - 1, lastAtMost(this.tops, top + 1.5 * height));
            for (const block of [...this.shown.keys()]) {
                if (block < first || block > last) this.#hide(block);
            }
            const added = [];
            for (let block = first; block <= last; block++) {
                if (!this.shown.has(block)) added.push(block);
            }
            if (added.length === 0) break;
            this.#add(added, top);
        }
    }

    #add(blocks, top) {
        const anchor = lastAtMost(this.tops, top);
        const beyond = top - this.tops[anchor];
        const colorOf = this.view.colorer();
        for (const block of blocks) this.#build(block, colorOf);
        let changed = -1;
        for (const block of blocks) {
            const measured = this.shown.get(block).getBoundingClientRect().height;
            if (Math.abs(measured - this.heights[block]) < 0.5) continue;
            this.heights[block] = measured;
            if (changed < 0 || block < changed) changed = block;
        }
        if (changed >= 0) this.#placeFrom(changed);
        for (const [block, element] of this.shown) element.style.top = `${this.tops[block]}px`;
        const scrolled = this.tops[anchor] + beyond;
        if (Math.abs(scrolled - this.element.scrollTop) > 1) this.element.scrollTop = scrolled;
    }

    #build(block, colorOf) {
        const element = document.createElement("div");
        element.className = "block";
        element.style.top = `${this.tops[block]}px`;
        if (block === 0) this.#appendMarks(element, 0);
        const line = document.createElement("p");
        const end = this.blockEnd(block);
        for (let token = this.blocks[block]; token < end; token++) {
            line.append(this.#span(token, colorOf));
        }
        element.append(line);
        if (end > 0) this.#appendMarks(element, end);
        this.pane.append(element);
        this.shown.set(block, element);
    }

    #hide(block) {
        this.shown.get(block).remove();
        this.shown.delete(block);
        for (let t = this.blocks[block]; t < this.blockEnd(block); t++) this.spans.delete(t);
    }

    #span(token, colorOf) {
        const span = document.createElement("span");
        span.id = `t${token}`;
        span.dataset.token = token;
        this.glyphs.fill(span, this.glyphs.pieces(token), true);
        span.style.backgroundColor = colorOf(token);
        span.className = this.#classes(token);
        this.spans.set(token, span);
        return span;
    }

    #classes(token) {
        const { view } = this;
        const selection = view.selection;
        let classes = "t";
        if (token === view.cursor) classes += " cursor";
        if (token === view.hover) classes += " hover";
        if (selection && token >= selection.start && token < selection.end) classes += " selected";
        if (view.matches && isInside(view.matches, token)) classes += " match";
        if (isInside(this.highlights, token)) classes += " hit";
        return classes;
    }

    #appendMarks(element, position) {
        for (const mark of this.marks.get(position) ?? []) {
            element.append(this.#markElement(mark));
        }
    }

    #markElement(mark) {
        const element = document.createElement("div");
        element.className = `mark ${mark.kind}`;
        element.textContent = markTitle(mark);
        if (mark.score !== undefined) {
            const dot = document.createElement("b");
            dot.textContent = signed(mark.score);
            element.append(" \u00b7 sentiment ", dot);
        }
        if (mark.time !== undefined) element.append(` \u00b7 ${timeText(mark.time)}`);
        return element;
    }

    // MARK: Changes

    #changed(changed) {
        const recolors = ["color", "active", "vector", "theme"].some((key) => changed.has(key))
            || (changed.has("layer") && this.view.color === "unit");
        if (recolors) {
            const colorOf = this.view.colorer();
            for (const [token, span] of this.spans) span.style.backgroundColor = colorOf(token);
        }
        if (changed.has("anchor") || changed.has("matches") || this.view.anchor >= 0) {
            this.classify();
        } else {
            this.#classifyMoved(changed);
        }
        if (changed.has("cursor")) this.reveal(this.view.cursor);
    }

    // A move changes only the old and the new token.
    #classifyMoved(changed) {
        if (!changed.has("cursor") && !changed.has("hover")) return;
        const moved = [this.lastCursor, this.lastHover, this.view.cursor, this.view.hover];
        for (const token of moved) {
            const span = this.spans.get(token);
            if (span) span.className = this.#classes(token);
        }
        [this.lastCursor, this.lastHover] = [this.view.cursor, this.view.hover];
    }

    classify() {
        for (const [token, span] of this.spans) {
            const classes = this.#classes(token);
            if (span.className !== classes) span.className = classes;
        }
        [this.lastCursor, this.lastHover] = [this.view.cursor, this.view.hover];
    }

    setHighlights(ranges) {
        this.highlights = ranges;
        this.classify();
    }

    /// Scrolls as little as needed; from far away, to a third of the height above the token.
    reveal(token) {
        if (!this.spans.has(token)) {
            const block = lastAtMost(this.blocks, token);
            this.element.scrollTop = this.tops[block] - this.element.clientHeight / 3;
            this.show();
            if (!this.spans.has(token)) return;
            this.#scrollTo(token, true);
        } else {
            this.#scrollTo(token, false);
        }
        this.show();
    }

    #scrollTo(token, always) {
        const box = this.element.getBoundingClientRect();
        const span = this.spans.get(token).getBoundingClientRect();
        const margin = Math.min(34, box.height / 4);
        const isOut = span.top < box.top + margin || span.bottom > box.bottom - margin;
        if (!isOut && !always) return;
        const isFar = span.bottom < box.top || span.top > box.bottom || always;
        const wanted = isFar ? box.top + box.height / 3
            : span.top < box.top + margin ? box.top + margin : box.bottom - margin - span.height;
        this.element.scrollTop += span.top - wanted;
    }

    /// The visible tokens.
    get visible() {
        const top = this.element.scrollTop;
        const bottom = top + this.element.clientHeight;
        const first = lastAtMost(this.tops, top);
        const last = Math.min(lastAtMost(this.tops, bottom), this.blocks.length - 1);
        const from = this.#tokenAt(Math.min(first, this.blocks.length - 1), top);
        return { start: from, end: Math.max(from + 1, this.#tokenAt(last, bottom)) };
    }

    #tokenAt(block, y) {
        const part = clamp((y - this.tops[block]) / this.heights[block], 0, 1);
        const first = this.blocks[block];
        return Math.round(first + part * (this.blockEnd(block) - first));
    }

    // MARK: Lines

    /// The token a line up (-1) or down (1), below or above the present one.
    tokenInLine(step) {
        this.reveal(this.view.cursor);
        const span = this.spans.get(this.view.cursor);
        if (!span) return this.view.cursor;
        const from = span.getClientRects()[0];
        let best = null;
        for (let t = this.view.cursor + step; this.spans.has(t); t += step) {
            const box = this.spans.get(t).getClientRects()[0];
            if (!box || Math.abs(box.top - from.top) < from.height / 2) continue;
            if (best && Math.abs(box.top - best.top) > from.height / 2) break;
            const distance = Math.abs(box.left - from.left);
            if (!best || distance < best.distance) best = { token: t, top: box.top, distance };
        }
        return best?.token ?? this.view.cursor + step;
    }

    // MARK: Pointer

    #listenToPointer() {
        const tokenOf = (event) => {
            const span = event.target.closest?.("[data-token]");
            return span ? Number(span.dataset.token) : -1;
        };
        let isSelecting = false;
        this.element.addEventListener("pointermove", (event) => {
            const token = tokenOf(event);
            if (isSelecting && token >= 0) this.view.moveTo(token, true);
            else this.view.set({ hover: token });
        });
        this.element.addEventListener("pointerleave", () => this.view.set({ hover: -1 }));
        this.element.addEventListener("pointerdown", (event) => {
            const token = tokenOf(event);
            if (token < 0 || event.button !== 0) return;
            this.view.moveTo(token, event.shiftKey);
            isSelecting = true;
        });
        window.addEventListener("pointerup", () => { isSelecting = false; });
    }

    // MARK: Printing

    /// All of a short session, or the visible part of a long one.
    showAll(most) {
        const count = this.blocks.length;
        const last = this.session.count <= most ? count : lastAtMost(this.blocks, most) + 1;
        const colorOf = this.view.colorer();
        for (let block = 0; block < last; block++) {
            if (!this.shown.has(block)) this.#build(block, colorOf);
        }
        const inOrder = [...this.shown].sort((a, b) => a[0] - b[0]);
        this.pane.append(...inOrder.map(([, element]) => element));
    }
}

/// Whether a token is in one of the ranges, which are sorted and disjoint.
function isInside(ranges, token) {
    let low = 0, high = ranges.length;
    while (low < high) {
        const middle = (low + high) >> 1;
        if (ranges[middle].end <= token) low = middle + 1;
        else high = middle;
    }
    return low < ranges.length && ranges[low].start <= token;
}

function markTitle(mark) {
    const titles = {
        message: "end of message", reset: "reset: the state is zero again",
        end: "end of the stream", put: "another state was put in its place",
        quarantine: "quarantined: the state was not finite",
    };
    return titles[mark.kind];
}

function signed(value, digits = 2) {
    const text = value.toFixed(digits);
    return Number(text) === 0 ? (0).toFixed(digits) : value > 0 ? `+${text}` : text.replace("-", "\u2212");
}

function timeText(seconds) {
    const date = new Date(seconds * 1000);
    return Number.isNaN(date.getTime()) ? "" : date.toISOString().replace("T", " ").replace("Z", " UTC");
}
