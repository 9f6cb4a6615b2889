"use strict";

// Shared by the plots: canvases at the screen's resolution, one horizontal axis of tokens, and the lines
// at the cursor and the pointer, which move without redrawing the plots.

const gutter = 58;   // pixels left of the plots, for names and numbers

class Canvas {
    constructor(id) {
        this.element = document.getElementById(id);
        this.context = this.element.getContext("2d", { alpha: false });
    }

    /// Fits the bitmap to the screen's pixels; gives the size in CSS pixels.
    fit() {
        const ratio = window.devicePixelRatio || 1;
        const { clientWidth: width, clientHeight: height } = this.element;
        const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)];
        if (this.element.width !== w || this.element.height !== h) {
            this.element.width = w;
            this.element.height = h;
        }
        this.context.setTransform(ratio, 0, 0, ratio, 0, 0);
        return { width, height };
    }

    color(name) {
        return getComputedStyle(this.element).getPropertyValue(`--${name}`).trim();
    }

    font(size, weight = 400) {
        this.context.font = `${weight} ${size}px system-ui, sans-serif`;
    }
}

class Plots {
    constructor(view, text, curves, heatMap, overview) {
        this.view = view;
        this.text = text;
        this.parts = { curves, heatMap, overview };
        this.frame = document.getElementById("plots");
        this.cursorLine = document.getElementById("cursor-line");
        this.hoverLine = document.getElementById("hover-line");
        this.dirty = new Set();
        for (const element of [curves.canvas.element, heatMap.canvas.element]) {
            this.#listen(element);
        }
        this.#listenToOverview(overview.canvas.element);
        view.listen((changed) => this.#changed(changed));
        text.onScroll = () => this.#followText();
        new ResizeObserver(() => this.draw()).observe(this.frame);
        matchMedia("print").addEventListener("change", () => this.draw());
    }

    get width() {
        return Math.max(50, this.parts.heatMap.canvas.element.clientWidth - gutter);
    }

    // MARK: Drawing

    draw(...names) {
        if (names.length === 0) names = ["curves", "heatMap", "overview"];
        for (const name of names) this.dirty.add(name);
        this.request ??= requestAnimationFrame(() => this.drawNow());
    }

    drawNow() {
        cancelAnimationFrame(this.request);
        this.request = undefined;
        for (const name of this.dirty) this.parts[name].draw();
        this.dirty.clear();
        this.#placeLines();
    }

    #changed(changed) {
        const has = (...keys) => keys.some((key) => changed.has(key));
        if (changed.has("cursor")) this.#reveal(this.view.cursor);
        if (has("theme")) this.draw();
        if (has("start", "scale")) this.draw("curves", "heatMap", "overview");
        if (has("layer", "vector", "order")) this.draw("heatMap", "curves");
        if (has("shading")) this.draw("heatMap");
        if (has("units", "active")) this.draw("heatMap", "curves");
        if (has("color", "active", "vector")) this.draw("overview");
        if (has("threshold")) this.draw("curves");
        if (has("matches")) this.draw("overview", "curves");
        if (has("anchor") || this.view.anchor >= 0) this.draw("curves", "overview");
        if (has("cursor", "hover")) this.#placeLines();
    }

    #placeLines() {
        const { view } = this;
        this.parts.overview.place(this.text.visible);
        for (const [line, token] of [[this.cursorLine, view.cursor], [this.hoverLine, view.hover]]) {
            const x = gutter + (token - view.start) * view.scale;
            const isIn = token >= 0 && x + view.scale > gutter && x < gutter + this.width;
            line.style.display = isIn ? "block" : "none";
            line.style.transform = `translateX(${x}px)`;
            line.style.width = `${Math.max(1, view.scale)}px`;
        }
    }

    // MARK: Keeping the text and the plots together

    #reveal(token) {
        const { view, width } = this;
        const count = width / view.scale;
        if (token < view.start || token >= view.start + count) {
            view.setWindow(token - count / 2, view.scale, width);
        } else if (token > view.start + 0.94 * count || token < view.start + 0.06 * count) {
            const part = token > view.start + count / 2 ? 0.75 : 0.25;
            view.setWindow(token - part * count, view.scale, width);
        }
    }

    // Moves the plots to the visible text when they no longer overlap.
    #followText() {
        const { view, width } = this;
        const visible = this.text.visible;
        this.parts.overview.place(visible);
        const count = width / view.scale;
        if (visible.end > view.start && visible.start < view.start + count) return;
        const middle = (visible.start + visible.end) / 2;
        view.setWindow(middle - count / 2, view.scale, width);
    }

    // Moves the text to the plots likewise.
    #followPlots() {
        const { view, width } = this;
        const count = width / view.scale;
        const visible = this.text.visible;
        if (visible.end > view.start && visible.start < view.start + count) return;
        this.text.reveal(clamp(Math.round(view.start + count / 2), 0, view.session.count - 1));
    }

    // MARK: Pointer

    tokenAt(x) {
        const { view } = this;
        const token = Math.floor(view.start + (x - gutter) / view.scale);
        return x >= gutter && token < view.session.count ? token : -1;
    }

    #listen(element) {
        let drag = null;
        element.addEventListener("pointerdown", (event) => {
            if (event.button !== 0) return;
            drag = { x: event.offsetX, y: event.offsetY, start: this.view.start,
                row: this.parts.heatMap.firstRow, moved: false };
            element.setPointerCapture(event.pointerId);
        });
        element.addEventListener("pointermove", (event) => {
            if (drag) this.#drag(drag, event, element);
            if (!drag?.moved) this.#point(event, element);
        });
        element.addEventListener("pointerup", (event) => {
            if (drag && !drag.moved) this.#click(event, element);
            drag = null;
            element.classList.remove("dragging");
        });
        element.addEventListener("pointercancel", () => { drag = null; });
        element.addEventListener("pointerleave", () => {
            this.view.set({ hover: -1 });
            this.parts.heatMap.point(-1);
        });
        element.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
    }

    #point(event, element) {
        this.view.set({ hover: this.tokenAt(event.offsetX) });
        const isMap = element === this.parts.heatMap.canvas.element;
        this.parts.heatMap.point(isMap ? event.offsetY : -1);
    }

    #drag(drag, event, element) {
        const [dx, dy] = [event.offsetX - drag.x, event.offsetY - drag.y];
        if (!drag.moved && Math.hypot(dx, dy) < 4) return;
        drag.moved = true;
        element.classList.add("dragging");
        this.view.set({ hover: -1 });
        if (element === this.parts.heatMap.canvas.element) {
            this.parts.heatMap.scrollTo(drag.row - dy / this.parts.heatMap.rowHeight);
            this.draw("heatMap");
        }
        this.view.setWindow(drag.start - dx / this.view.scale, this.view.scale, this.width);
        this.#followPlots();
    }

    #click(event, element) {
        const token = this.tokenAt(event.offsetX);
        if (element === this.parts.heatMap.canvas.element) {
            const slot = this.parts.heatMap.slotAt(event.offsetY);
            if (slot >= 0) this.view.toggleUnit(this.view.layer, slot);
        }
        if (token >= 0) this.view.moveTo(token, event.shiftKey);
    }

    #wheel(event) {
        event.preventDefault();
        const pixels = event.deltaMode === 1 ? 16 : 1;
        const [dx, dy] = [event.deltaX * pixels, event.deltaY * pixels];
        if (event.altKey) {
            this.parts.heatMap.scrollTo(
                this.parts.heatMap.firstRow + dy / this.parts.heatMap.rowHeight);
            return this.draw("heatMap");
        }
        if (event.shiftKey || Math.abs(dx) > Math.abs(dy)) {
            this.pan((dx || dy) / this.view.scale);
        } else {
            this.view.zoom(Math.exp(-dy / 300), event.offsetX - gutter, this.width);
            this.#followPlots();
        }
        return undefined;
    }

    pan(tokens) {
        this.view.setWindow(this.view.start + tokens, this.view.scale, this.width);
        this.#followPlots();
    }

    /// Zooms about the cursor, or about the middle if the cursor is not visible.
    zoom(factor) {
        const x = (this.view.cursor - this.view.start) * this.view.scale;
        this.view.zoom(factor, x >= 0 && x < this.width ? x : this.width / 2, this.width);
    }

    fit() {
        this.view.setWindow(0, clamp(this.width / this.view.session.count, 0, 48), this.width);
    }

    #listenToOverview(element) {
        const go = (event) => {
            const { view, width } = this;
            const part = (event.offsetX - gutter) / (element.clientWidth - gutter);
            const middle = part * view.session.count;
            view.setWindow(middle - width / view.scale / 2, view.scale, width);
            this.#followPlots();
        };
        element.addEventListener("pointerdown", (event) => {
            element.setPointerCapture(event.pointerId);
            go(event);
        });
        element.addEventListener("pointermove", (event) => { if (event.buttons & 1) go(event); });
    }
}
