"use strict";

// Case-insensitive search in the text.

class Search {
    constructor(view, glyphs, onFound) {
        this.view = view;
        this.glyphs = glyphs;
        this.onFound = onFound;
        this.field = document.getElementById("search");
        this.count = document.getElementById("search-count");
        this.hits = [];
        this.field.addEventListener("input", () => this.find(this.field.value));
        this.field.addEventListener("keydown", (event) => {
            if (event.key === "Enter") {
                this.jump(event.shiftKey ? -1 : 1);
                event.preventDefault();
            }
            if (event.key === "Escape") {
                this.field.value = "";
                this.find("");
                document.getElementById("text").focus();
            }
            event.stopPropagation();
        });
        view.listen((changed) => { if (changed.has("cursor")) this.#tell(); });
    }

    // The text in small letters, and where each token begins in it.
    #prepare() {
        const { session } = this.view;
        this.starts = new Uint32Array(session.count + 1);
        const parts = [];
        for (let token = 0; token < session.count; token++) {
            const part = this.glyphs.plain(token).toLowerCase();
            parts.push(part);
            this.starts[token + 1] = this.starts[token] + part.length;
        }
        this.text = parts.join("");
    }

    find(query) {
        if (query && !this.text) this.#prepare();
        const needle = query.toLowerCase();
        const hits = [];
        for (let at = needle ? this.text.indexOf(needle) : -1; at >= 0;) {
            const end = at + needle.length;
            hits.push({ start: this.#tokenAt(at), end: this.#tokenAt(end - 1) + 1 });
            at = this.text.indexOf(needle, end);
        }
        this.hits = hits;
        this.onFound(hits);
        const isAtHit = hits.some((hit) => hit.start === this.view.cursor);
        if (hits.length > 0 && !isAtHit) {
            const next = hits.find((hit) => hit.start >= this.view.cursor) ?? hits[0];
            this.view.moveTo(next.start);
        }
        this.#tell();
    }

    // Several tokens without a character begin at the same place.
    #tokenAt(at) {
        let token = lastAtMost(this.starts, at);
        while (token > 0 && this.starts[token] === this.starts[token + 1]) token -= 1;
        return Math.min(token, this.view.session.count - 1);
    }

    jump(step) {
        const { hits, view } = this;
        if (hits.length === 0) return;
        const found = step > 0 ? hits.find((hit) => hit.start > view.cursor) ?? hits[0]
            : hits.findLast((hit) => hit.start < view.cursor) ?? hits[hits.length - 1];
        view.moveTo(found.start);
    }

    #tell() {
        if (!this.field.value) {
            this.count.textContent = "";
            return;
        }
        const at = this.hits.findIndex((hit) => hit.start === this.view.cursor);
        this.count.textContent = this.hits.length === 0 ? "none"
            : at >= 0 ? `${at + 1} of ${this.hits.length}` : `${this.hits.length}`;
    }
}
