"use strict";

// Keyboard control of everything. The help lists the keys from this table.

class Keys {
    constructor({ view, text, plots, match, search, actions }) {
        this.view = view;
        const move = (token, event) => view.moveTo(token, event.shiftKey);
        const zoomStep = 1.5;
        this.groups = [
            ["Move", [
                [["ArrowLeft", "ArrowRight"], "\u2190 \u2192", "a token back or on; with Shift, select",
                    (event) => move(view.cursor + (event.key === "ArrowLeft" ? -1 : 1), event)],
                [["ArrowUp", "ArrowDown"], "\u2191 \u2193", "a line up or down",
                    (event) => move(text.tokenInLine(event.key === "ArrowUp" ? -1 : 1), event)],
                [["PageUp", "PageDown"], "Page\u2191 Page\u2193", "a message back or on",
                    (event) => move(this.#message(event.key === "PageUp" ? -1 : 1), event)],
                [["Home", "End"], "Home End", "the first or the last token",
                    (event) => move(event.key === "Home" ? 0 : view.session.count - 1, event)],
                [["/"], "/", "search in the text", () => search.field.focus()],
                [["n", "N"], "n N", "the next or previous hit of the search",
                    (event) => search.jump(event.key === "n" ? 1 : -1)],
                [["]", "["], "] [", "the next or previous matching span",
                    (event) => match.jump(event.key === "]" ? 1 : -1)],
            ]],
            ["Look", [
                [["s"], "s", "colour by sentiment", () => actions.color("sentiment")],
                [["b"], "b", "colour by surprisal, in bits", () => actions.color("surprisal")],
                [["u"], "u", "colour by the selected unit", () => actions.color("unit")],
                [["0", "1", "2", "3", "4", "5", "6", "7"], "0 1 \u2026", "the layer of that number",
                    (event) => actions.layer(Number(event.key))],
                [["v", "V"], "v V", "the next or previous vector: h, c, the gates",
                    (event) => actions.vector(event.key === "v" ? 1 : -1)],
                [["+", "=", "-"], "+ \u2212", "zoom the plots in or out",
                    (event) => plots.zoom(event.key === "-" ? 1 / zoomStep : zoomStep)],
                [["w"], "w", "the whole session in the plots", () => plots.fit()],
                [["t"], "t", "light or dark", () => actions.theme()],
            ]],
            ["Find", [
                [["p"], "p", "select the strongest units here", () => match.pickUnits()],
                [["m"], "m", "find where the selected units behave as here", () => match.find()],
                [["Escape"], "Esc", "undo the selection, the matches, the selected units",
                    () => actions.clear()],
                [["?"], "?", "these keys", () => actions.help()],
            ]],
        ];
        document.addEventListener("keydown", (event) => this.#press(event));
        this.#fillHelp();
    }

    #press(event) {
        if (event.ctrlKey || event.metaKey || event.altKey) return;
        const { tagName, type } = event.target;
        const isField = ["INPUT", "SELECT", "TEXTAREA"].includes(tagName);
        if (isField && event.key !== "Escape") return;
        if (document.querySelector("dialog[open]")) return;
        if (tagName === "BUTTON" && ["Enter", " "].includes(event.key)) return;
        for (const [, entries] of this.groups) {
            for (const [keys, , , action] of entries) {
                if (!keys.includes(event.key)) continue;
                if (isField && type !== "range") event.target.blur();
                event.preventDefault();
                action(event);
                return;
            }
        }
    }

    #message(step) {
        const { view } = this;
        const { messageStarts, count } = view.session;
        const now = lastAtMost(messageStarts, view.cursor);
        if (step > 0) return messageStarts[now + 1] ?? count - 1;
        return view.cursor > messageStarts[now] ? messageStarts[now] : messageStarts[now - 1] ?? 0;
    }

    #fillHelp() {
        const keys = document.getElementById("keys");
        for (const [title, entries] of this.groups) {
            const list = make("dl");
            for (const [, shown, meaning] of entries) {
                list.append(make("dt", {}, make("kbd", {}, shown)), make("dd", {}, meaning));
            }
            keys.append(make("section", {}, make("h3", {}, title), list));
        }
    }
}
