"use strict";

// Tokens as text that is safe to show. A token may be part of a character, a control character, or a
// character that changes the direction of the text after it.

/// The character that begins at `at`, or null where the bytes there are not UTF-8.
function decodeCharacter(bytes, at) {
    const first = bytes[at];
    if (first < 0x80) return { length: 1, code: first };
    const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    if (first < 0xc2 || first > 0xf4 || at + length > bytes.length) return null;
    let code = first & (0x7f >> length);
    for (let i = 1; i < length; i++) {
        if ((bytes[at + i] & 0xc0) !== 0x80) return null;
        code = (code << 6) | (bytes[at + i] & 0x3f);
    }
    const isShortest = code >= [0, 0, 0x80, 0x800, 0x10000][length];
    const isSurrogate = code >= 0xd800 && code <= 0xdfff;
    return isShortest && !isSurrogate && code <= 0x10ffff ? { length, code } : null;
}

function hexadecimal(number, digits) {
    return number.toString(16).toUpperCase().padStart(digits, "0");
}

const controlNames = (
    "NUL SOH STX ETX EOT ENQ ACK BEL BS HT LF VT FF CR SO SI "
    + "DLE DC1 DC2 DC3 DC4 NAK SYN ETB CAN EM SUB ESC FS GS RS US"
).split(" ");

/// The symbol for a character that is invisible or changes how others are shown.
function standIn(code) {
    if (code < 0x20) return controlNames[code];
    if (code === 0x7f) return "DEL";
    const hides = (code >= 0x80 && code <= 0x9f) || code === 0xad || code === 0x61c
        || code === 0x200b || code === 0x200e || code === 0x200f
        || (code >= 0x2028 && code <= 0x202e) || (code >= 0x2060 && code <= 0x206f)
        || code === 0xfeff || (code >= 0xfff9 && code <= 0xfffb)
        || (code >= 0xe0000 && code <= 0xe007f);
    return hides ? `U+${hexadecimal(code, 4)}` : null;
}

class Glyphs {
    constructor(session) {
        this.session = session;
        this.#findCarries();
    }

    // For every token, how many bytes before it belong to its first character.
    #findCarries() {
        const { bytes, starts, count } = this.session;
        this.carries = new Uint8Array(count);
        let token = 1;
        for (let at = 0; at < bytes.length;) {
            const length = decodeCharacter(bytes, at)?.length ?? 1;
            while (token < count && starts[token] < at + length) {
                if (starts[token] > at) this.carries[token] = starts[token] - at;
                token += 1;
            }
            at += length;
        }
    }

    /// Pieces of a token: `{text}`, or `{text, kind}` for symbols, newlines, and bytes that are part of
    /// a character or not UTF-8. A character belongs to the token of its last byte.
    pieces(token) {
        const { bytes, starts } = this.session;
        const first = starts[token] - this.carries[token];
        return this.#pieces(bytes, first, starts[token], starts[token + 1]);
    }

    piecesOfBytes(bytes) {
        return this.#pieces(bytes, 0, 0, bytes.length);
    }

    #pieces(bytes, first, start, end) {
        const pieces = [];
        for (let at = first; at < end;) {
            const character = decodeCharacter(bytes, at);
            const next = at + (character?.length ?? 1);
            if (character && next <= end) this.#append(pieces, character.code);
            else {
                for (let i = Math.max(at, start); i < Math.min(next, end); i++) {
                    const kind = character ? "part" : "invalid";
                    pieces.push({ text: hexadecimal(bytes[i], 2), kind });
                }
            }
            at = next;
        }
        const mark = pieces[0];
        if (mark && !mark.kind && /^[\p{M}\u200c\u200d]/u.test(mark.text)) {
            mark.text = "\u25cc" + mark.text;
        }
        return pieces;
    }

    #append(pieces, code) {
        if (code === 0x0a) return pieces.push({ text: "\u21b5", kind: "newline" });
        if (code === 0x09) return pieces.push({ text: "\u21e5", kind: "tab" });
        const replacement = standIn(code);
        if (replacement) return pieces.push({ text: replacement, kind: "control" });
        const last = pieces[pieces.length - 1];
        if (last && !last.kind) last.text += String.fromCodePoint(code);
        else pieces.push({ text: String.fromCodePoint(code) });
        return pieces.length;
    }

    /// The characters of a token, without other bytes. The search uses them.
    plain(token) {
        const { bytes, starts } = this.session;
        let text = "";
        for (let at = starts[token] - this.carries[token]; at < starts[token + 1];) {
            const character = decodeCharacter(bytes, at);
            const next = at + (character?.length ?? 1);
            if (character && next <= starts[token + 1]) text += String.fromCodePoint(character.code);
            at = next;
        }
        return text;
    }

    /// One line for lists: spaces at the ends are marked, newlines are arrows.
    label(pieces) {
        const text = pieces.map((piece) => piece.text).join("");
        return text.replace(/^ +| +$/g, (spaces) => "\u00b7".repeat(spaces.length)) || "\u2205";
    }

    /// Fills an element with a token. `wraps` tells whether its newlines break the line.
    fill(element, pieces, wraps) {
        for (const piece of pieces) {
            if (!piece.kind) {
                element.append(piece.text);
                continue;
            }
            const chip = document.createElement("i");
            chip.className = `chip ${piece.kind}`;
            chip.textContent = piece.text;
            element.append(chip);
            if (wraps && piece.kind === "newline") element.append("\n");
        }
        if (pieces.length === 0) element.append("\u200b");
    }
}
